"""Fences, rules with their versions, permits that lift them, declared routes, and one-off occasions."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField

from gridloop.fleet.rules.kinds import RULE_KINDS, RuleKind, Severity, ShapeKind
from gridloop.kernel.units import SRID_WGS84


class Fence(models.Model):
    """A place with a border: polygon with holes, circle (point and radius) or corridor (line and full width), WGS-84.

    A changed border is a new row with the same `code`; the old one ends when the new one begins.
    """

    code = models.TextField()
    version = models.IntegerField(db_default=1)
    name_zh = models.TextField()
    name_en = models.TextField(db_default="")
    shape = models.TextField(choices=[(one.value, one.value) for one in ShapeKind])
    geom = models.GeometryField(srid=SRID_WGS84)
    radius_m = models.FloatField(null=True)  # of a circle
    width_m = models.FloatField(null=True)  # of a corridor
    area = models.TextField(db_collation="C", db_default="")  # division whose offices answer for it
    note = models.TextField(db_default="")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    made_by_id = models.BigIntegerField(null=True)
    synthetic = models.BooleanField(db_default=False)

    class Meta:
        """One row a code and version; one open version a code."""

        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="fleet_fence_version"),
            models.UniqueConstraint(fields=["code"], condition=models.Q(valid_to=None), name="fleet_fence_today"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="fleet_fence_valid",
            ),
        ]


class Occasion(models.Model):
    """A one-off event (a congress, a match): rules that name it are in force in its spans only. spans: [[from, to], ...], ISO moments."""

    code = models.TextField(unique=True)
    name_zh = models.TextField()
    name_en = models.TextField(db_default="")
    spans = models.JSONField(default=list)


class Rule(models.Model):
    """What is forbidden or demanded of whom, where and when. A changed rule is a new row with the same `code`.

    fences: codes; empty for rules that need none. Whom: any of kinds, firms, lists, plates; all empty means every vehicle.
    params by kind: speed {limit_kmh, night_share?}, dwell {limit_s}, gathering {within_m, for_s}, silence {limit_s}, rest {...}, breach_ahead {horizon_s}.
    weekly: [[weekday 1-7, "HH:MM", "HH:MM"], ...], city time, empty means always; holidays: "" any day, "only", "never" (Chinese public holidays).
    """

    code = models.TextField()
    version = models.IntegerField(db_default=1)
    kind = models.TextField(choices=[(kind.value, names[1]) for kind, names in RULE_KINDS.items()])
    name_zh = models.TextField()
    name_en = models.TextField(db_default="")
    fences = ArrayField(models.TextField(), db_default=[])
    kinds = ArrayField(models.TextField(), db_default=[])
    firms = ArrayField(models.TextField(), db_default=[])
    lists = ArrayField(models.TextField(), db_default=[])
    plates = ArrayField(models.TextField(), db_default=[])
    params = models.JSONField(default=dict)
    weekly = models.JSONField(default=list)
    holidays = models.TextField(db_default="")
    occasion = models.TextField(db_default="")
    permit_kinds = ArrayField(models.TextField(), db_default=[])  # kinds of permit that lift this rule
    severity = models.TextField(choices=[(one.value, one.value) for one in Severity], db_default="high")
    case_class = models.TextField(
        db_default=""
    )  # "event:0116": the class of the case a confirmed warning becomes; empty: none by itself
    source = models.TextField(db_default="")  # clause
    confidence = models.TextField(db_default="constructed")
    area = models.TextField(db_collation="C", db_default="")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    made_by_id = models.BigIntegerField(null=True)
    synthetic = models.BooleanField(db_default=False)

    class Meta:
        """One row a code and version; one open version a code."""

        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="fleet_rule_version"),
            models.UniqueConstraint(fields=["code"], condition=models.Q(valid_to=None), name="fleet_rule_today"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in RuleKind]), name="fleet_rule_kind"
            ),
        ]


class Permit(models.Model):
    """A permission of one vehicle that lifts rules: of a permit kind that the rule names, in these fences (empty: all), in its time."""

    number = models.TextField(unique=True)
    kind = models.TextField()  # hazmat_zone | explosives_transport | waste_transport | ...
    vehicle_id = models.BigIntegerField()
    fences = ArrayField(models.TextField(), db_default=[])
    weekly = models.JSONField(default=list)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    issuer = models.TextField(db_default="")
    revoked_at = models.DateTimeField(null=True)
    revoked_why = models.TextField(db_default="")
    synthetic = models.BooleanField(db_default=False)

    class Meta:
        """Looked up by vehicle."""

        indexes = [models.Index(fields=["vehicle_id", "valid_to"], name="fleet_permit_vehicle")]


class DeclaredRoute(models.Model):
    """The way a vehicle said it would take, and when (an electronic waybill, an explosives transport permit)."""

    number = models.TextField(unique=True)
    vehicle_id = models.BigIntegerField()
    line = models.LineStringField(srid=SRID_WGS84)
    width_m = models.FloatField(db_default=200.0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    document = models.TextField(db_default="")
    synthetic = models.BooleanField(db_default=False)

    class Meta:
        """Looked up by vehicle."""

        indexes = [models.Index(fields=["vehicle_id", "ends_at"], name="fleet_route_vehicle")]
