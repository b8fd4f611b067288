"""What is kept about places. Every position is WGS-84; every code is `COLLATE "C"`, so that "inside" is a range of codes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Q

from gridloop.kernel.units import SRID_WEB_MERCATOR, SRID_WGS84


def digits(length: int, *, blank: bool = False, primary_key: bool = False) -> models.CharField[str, str]:
    """A code compared byte by byte, so that a prefix is a range: `code >= prefix and code < prefix || '~'`."""
    return models.CharField(max_length=length, blank=blank, primary_key=primary_key, db_collation="C")


class Division(models.Model):
    """A province, prefecture, county, township or village (1-5) for as long as it bore this code and this name.

    `valid_from` and `valid_to` are the dates of the lists in which it was first seen and no longer seen; the true days lie between.
    """

    code12 = digits(12)
    area = digits(12)  # code12 without its trailing zeros: 2, 4, 6, 9 or 12 digits
    level = models.PositiveSmallIntegerField()
    name_zh = models.TextField()
    name_en = models.TextField()
    parent_area = digits(9, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    urban_rural_code = models.CharField(max_length=3, blank=True)
    centre = models.PointField(srid=SRID_WGS84, null=True)
    centre_precision = models.TextField(blank=True)  # published_point | inside_polygon | empty where unknown
    geom = models.MultiPolygonField(srid=SRID_WGS84, null=True)
    source = models.TextField()
    confidence = models.TextField()

    class Meta:
        """One row a code at any moment."""

        constraints: ClassVar = [
            models.UniqueConstraint("code12", "valid_from", name="places_division_once"),
            models.UniqueConstraint("area", condition=Q(valid_to=None), name="places_division_today"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="places_division_level"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="places_division_valid"
            ),
        ]
        indexes: ClassVar = [
            models.Index("parent_area", name="places_division_parent"),
            models.Index("name_zh", name="places_division_name"),
        ]


class DivisionAlias(models.Model):
    """What became of a division that is no more under that code or name; without a successor it is listed as unresolved."""

    old = models.OneToOneField(Division, on_delete=models.CASCADE, related_name="fate")
    successor = models.ForeignKey(Division, on_delete=models.CASCADE, null=True, related_name="former")
    method = models.TextField()
    confidence = models.TextField()
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)


class ManagedArea(models.Model):
    """The part of the city under digital management; cells exist only inside."""

    name = models.TextField(unique=True)
    name_en = models.TextField(blank=True)
    geom = models.MultiPolygonField(srid=SRID_WGS84)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Cell(models.Model):
    """About 10,000 m2 (GB/T 30428.1). `village_by` says how its community is known, for most cells only by the nearest point."""

    code = digits(15, primary_key=True)
    village12 = digits(12)
    village_by = models.TextField()  # nearest_point | overflow | survey
    geom = models.MultiPolygonField(srid=SRID_WGS84)
    centre = models.PointField(srid=SRID_WGS84)
    area_m2 = models.PositiveIntegerField()
    whole = models.BooleanField(default=True)
    lattice_column = models.IntegerField(null=True)
    lattice_row = models.IntegerField(null=True)
    managed_area = models.ForeignKey(ManagedArea, on_delete=models.PROTECT, null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        """Cells of one lattice square end before another one begins."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                "lattice_column", "lattice_row", "village12", condition=Q(valid_to=None), name="places_cell_square_once"
            ),
        ]


class Grid(models.Model):
    """A grid worker's patch below a village: the village's twelve digits and two more (CJ/T 349 puts an object code of six before)."""

    code = digits(14, primary_key=True)
    object6 = models.CharField(max_length=6, blank=True)
    village12 = digits(12)
    name_zh = models.TextField()
    name_en = models.TextField(blank=True)
    geom = models.MultiPolygonField(srid=SRID_WGS84, null=True)
    workers = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        """Grids are listed by village."""

        indexes: ClassVar = [models.Index("village12", name="places_grid_village")]


class Component(models.Model):
    """A fixed thing of the city: county 6 + class 2 + subclass 2 + sequence 6 (GB/T 30428.2). Units are ids of identity's units."""

    code = digits(16, primary_key=True)
    subclass = digits(4)
    name = models.TextField()
    geom = models.PointField(srid=SRID_WGS84, spatial_index=True)
    cell = digits(15, blank=True)
    place = digits(15)
    state = models.TextField(default="intact")
    owner_unit_id = models.BigIntegerField(null=True)
    maintain_unit_id = models.BigIntegerField(null=True)
    authority_unit_id = models.BigIntegerField(null=True)
    surveyed_on = models.DateField(null=True)
    changed_on = models.DateField(null=True)
    installed_on = models.DateField(null=True)
    warranty_contractor = models.TextField(
        blank=True, db_default=""
    )  # a company outside the tree of units, by its name
    warranty_until = models.DateField(null=True)  # the last day on which it holds
    source = models.TextField(default="other")
    accuracy = models.CharField(max_length=1, blank=True)  # A 0.5 m, B 1 m, C 10 m
    note = models.TextField(blank=True)
    attributes = models.JSONField(default=dict)
    synthetic = models.BooleanField(default=False)

    class Meta:
        """States and sources are those of the standard."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["intact", "broken", "lost", "abandoned", "moved"]), name="places_component_state"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["measured", "map", "other"]), name="places_component_source"
            ),
        ]
        indexes: ClassVar = [models.Index("place", "subclass", name="places_component_place")]


class ComponentPoint(models.Model):
    """The narrow copy of components that tiles are drawn from: web Mercator, stored in the order of its geohash; kept by a trigger."""

    code = digits(16, primary_key=True)
    subclass = digits(4)
    state = models.TextField()
    geom = models.PointField(srid=SRID_WEB_MERCATOR, spatial_index=True)


class ComponentCluster(models.Model):
    """Components counted in 64 x 64 squares a tile for zoom 10-15, by county and class; kept by `places_refresh_clusters`."""

    zoom = models.PositiveSmallIntegerField()
    county6 = digits(6)
    column = models.IntegerField()  # of the 64 x 64 squares of all tiles of this zoom, from the west
    row = models.IntegerField()  # from the north
    geom = models.PointField(srid=SRID_WEB_MERCATOR, spatial_index=False)
    n = models.IntegerField()
    broken = models.IntegerField()
    n01 = models.IntegerField()
    n02 = models.IntegerField()
    n03 = models.IntegerField()
    n04 = models.IntegerField()
    n05 = models.IntegerField()

    class Meta:
        """A tile is a range of columns and rows of one zoom, so a btree serves where GiST would need an extension."""

        constraints: ClassVar = [
            models.UniqueConstraint("zoom", "column", "row", "county6", name="places_componentcluster_once"),
        ]


class AreaUnit(models.Model):
    """Which unit answers for an area, by kind of department; the longest prefix that is valid wins."""

    area = digits(15, blank=True)
    kind = models.TextField()
    unit_id = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        """One unit of a kind for an area at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint("kind", "area", condition=Q(valid_to=None), name="places_areaunit_today"),
        ]


class PlaceName(models.Model):
    """A street, station, estate or point of interest that people name when they say where."""

    kind = models.TextField()  # street | metro | poi | estate
    name_zh = models.TextField()
    name_en = models.TextField()
    geom = models.GeometryField(srid=SRID_WGS84)
    area = digits(15, blank=True)
    source = models.TextField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        """A name stands once a kind and area."""

        constraints: ClassVar = [
            models.UniqueConstraint("kind", "name_zh", "area", name="places_placename_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["street", "metro", "poi", "estate"]), name="places_placename_kind"
            ),
        ]


class SearchEntry(models.Model):
    """What the search box finds: one row a division, former name, place name, grid or managed area; rebuilt when these are loaded."""

    kind = models.TextField()  # division | former | street | metro | poi | estate | grid | managed
    code = digits(20, blank=True)
    name_zh = models.TextField(db_collation="C")
    name_en = models.TextField(db_collation="C")
    pinyin = models.TextField(db_collation="C")
    initials = models.TextField(db_collation="C")
    tokens = ArrayField(models.TextField())
    weight = models.PositiveSmallIntegerField()  # 0 stands first: wide areas before narrow ones
    area = digits(15, blank=True)
    centre = models.PointField(srid=SRID_WGS84, null=True, spatial_index=False)
    now_code = digits(12, blank=True)  # today's division, where this is a former one

    class Meta:
        """Prefixes by btree, parts of words by tokens in GIN."""

        indexes: ClassVar = [
            GinIndex(fields=["tokens"], name="places_searchentry_tokens", fastupdate=False),
            models.Index("code", name="places_searchentry_code"),
            models.Index("name_zh", name="places_searchentry_zh"),
            models.Index("pinyin", name="places_searchentry_pinyin"),
            models.Index("initials", name="places_searchentry_initials"),
        ]


class ImportedComponent(models.Model):
    """One row of a survey that became a component; `fingerprint` is a CRC of each value that the row said then, in the import's own order."""

    pk = models.CompositePrimaryKey("dataset", "foreign_id")
    dataset = models.TextField(db_collation="C")
    foreign_id = models.TextField(db_collation="C")
    code = digits(16)
    fingerprint = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        """A row of a dataset is one component."""

        db_table = "places_imported"
