"""The vehicle register, the terminals on the vehicles, and who knocked without being known."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gridloop.fleet.rules.kinds import VEHICLE_KINDS, Protocol

KINDS = [(kind.value, names[1]) for kind, names in VEHICLE_KINDS.items()]


class VehicleList(models.Model):
    """A named list of vehicles (key firms, cleared for a congress) that rules and permits may name."""

    code = models.TextField(unique=True)
    name_zh = models.TextField()
    name_en = models.TextField(db_default="")
    note = models.TextField(db_default="")


class Vehicle(models.Model):
    """A supervised vehicle. `area` is the division whose offices answer for it; `firm_unit_id` is a unit of identity where the firm has one.

    No driver stands here: who drives is told by the terminal for a shift and is kept with the rest times only as a licence number's keyed hash.
    """

    plate = models.TextField(unique=True)
    plate_colour = models.SmallIntegerField(
        db_default=2
    )  # JT/T 697.7: 1 blue, 2 yellow, 3 black, 4 white, 5 green, 93 yellow-green
    kind = models.TextField(choices=KINDS)
    firm = models.TextField(db_default="")
    firm_unit_id = models.BigIntegerField(null=True)
    area = models.TextField(db_collation="C", db_default="")
    vin = models.TextField(db_default="")
    lists = ArrayField(models.TextField(), db_default=[])  # codes of VehicleList
    in_service = models.BooleanField(db_default=True)
    speed_limit_kmh = models.SmallIntegerField(null=True)  # of the vehicle itself, where its papers name one
    note = models.TextField(db_default="")
    synthetic = models.BooleanField(db_default=False)
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """Listed by kind and by area."""

        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=[kind for kind, _ in KINDS]), name="fleet_vehicle_kind"),
            models.CheckConstraint(condition=models.Q(area__regex=r"^[0-9]*$"), name="fleet_vehicle_area_digits"),
        ]
        indexes = [
            models.Index(fields=["kind", "id"], name="fleet_vehicle_kind_id"),
            models.Index(fields=["area", "id"], name="fleet_vehicle_area_id"),
        ]


class Terminal(models.Model):
    """A device on a vehicle. `name` is how its protocol knows it: for JT/T 808 the header's phone number without leading zeros.

    auth_hash: SHA-256 of the authentication code that registration (0x8100) gave; empty until then.
    """

    protocol = models.TextField(choices=[(one.value, one.value) for one in Protocol])
    name = models.TextField()
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, related_name="terminals")
    maker = models.TextField(db_default="")
    model = models.TextField(db_default="")
    device = models.TextField(db_default="")  # the terminal's own id
    edition = models.SmallIntegerField(null=True)  # 2011, 2013, 2019
    auth_hash = models.BinaryField(db_default=b"")
    blocked = models.BooleanField(db_default=False)
    frames_per_min_max = models.IntegerField(db_default=600)
    registered_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    last_address = models.TextField(db_default="")

    class Meta:
        """One terminal a name in its protocol."""

        constraints = [
            models.UniqueConstraint(fields=["protocol", "name"], name="fleet_terminal_name"),
        ]


class Stranger(models.Model):
    """A terminal that connected and was not let in, with the reason, so that somebody can register it or look for it."""

    protocol = models.TextField()
    name = models.TextField()
    address = models.TextField(db_default="")
    reason = models.TextField()  # unregistered | blocked | wrong_code | clone | silent | flood | bad_frames
    said_zh = models.TextField()
    said_en = models.TextField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.BigIntegerField(db_default=1)

    class Meta:
        """One row a name and reason; counted up."""

        constraints = [
            models.UniqueConstraint(fields=["protocol", "name", "reason"], name="fleet_stranger_once"),
        ]
