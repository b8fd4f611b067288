"""What is kept of a photo: whose it is, what the camera noted, and to which case it belongs. The files lie in the store."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

KINDS = ("report", "verify", "handle", "check")
MASK_SOURCES = ("face", "plate", "person")


class Photo(models.Model):
    """One photo. `arriving` until its files are safe; without a case it expires after a day."""

    id = models.TextField(primary_key=True)
    state = models.TextField(default="arriving", choices=[("arriving", "arriving"), ("kept", "kept")])
    case_id = models.BigIntegerField(null=True)
    kind = models.TextField(default="", blank=True)
    owner_id = models.BigIntegerField(null=True)
    uploaded_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    taken_at = models.DateTimeField(null=True)
    heading_deg = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    width_px = models.IntegerField()
    height_px = models.IntegerField()
    size_bytes = models.IntegerField()
    sha256 = models.BinaryField()
    files = models.TextField(default="", db_default="", blank=True)
    """The photo whose files it shows, when many rows share one picture (a demo city's history); empty: its own."""

    masked_at = models.DateTimeField(null=True)
    """When faces and plates were made unrecognisable, or nothing was found; the count is of what was found. Where rows share files, that photo's counts."""
    faces = models.SmallIntegerField(null=True)
    plates = models.SmallIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)
    """When a person said that nobody can be recognised in what others see."""
    checked_by_id = models.BigIntegerField(null=True)
    revision = models.IntegerField(default=0, db_default=0)
    """How often what others see was made anew; what a browser kept of an earlier one is then not shown."""

    class Meta:
        """The same file of the same person is one photo while it belongs to no case."""

        app_label = "cases"
        db_table = "cases_photo"
        indexes = [
            models.Index(fields=["case_id"], name="cases_photo_case", condition=Q(case_id__isnull=False)),
            models.Index(fields=["uploaded_at"], name="cases_photo_loose", condition=Q(case_id__isnull=True)),
            models.Index(
                fields=["uploaded_at"],
                name="cases_photo_unmasked",
                condition=Q(masked_at__isnull=True, files="", state="kept"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "sha256"],
                condition=Q(case_id__isnull=True, owner_id__isnull=False),
                name="cases_photo_once",
            ),
            models.CheckConstraint(condition=Q(case_id__isnull=True) | Q(kind__in=KINDS), name="cases_photo_kind"),
        ]


class PhotoMask(models.Model):
    """One box that is covered in a photo, found by the machine or drawn by a person; sides are shares of the picture's width and height."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="masks")
    source = models.TextField(choices=[(one, one) for one in MASK_SOURCES])
    left = models.FloatField()
    top = models.FloatField()
    right = models.FloatField()
    bottom = models.FloatField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)

    class Meta:
        """A box has a size and lies in its picture."""

        app_label = "cases"
        db_table = "cases_photo_mask"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    left__gte=0, top__gte=0, right__lte=1, bottom__lte=1, left__lt=F("right"), top__lt=F("bottom")
                ),
                name="cases_photo_mask_inside",
            ),
            models.CheckConstraint(condition=Q(source__in=MASK_SOURCES), name="cases_photo_mask_source"),
        ]


class PhotoKey(models.Model):
    """A key that a client sent with an upload, so that the same upload again is the same photo; gone with the photo, or after some days."""

    pk = models.CompositePrimaryKey("who", "key")
    who = models.TextField(db_collation="C")
    key = models.TextField(db_collation="C")
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="keys")
    sha256 = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        """One photo for each key of a sender."""

        app_label = "cases"
        db_table = "cases_photo_key"
        indexes = [models.Index(fields=["at"], name="cases_photo_key_at")]
