"""What the rules found: each warning with everything it was decided on."""

from __future__ import annotations

from django.db import models

from gridloop.fleet.rules.kinds import STAGE_NAMES


class VehicleWarning(models.Model):
    """One episode of one rule and one vehicle. `key` names it for ever (rule, fence, vehicle, since), so telling it again changes nothing.

    positions: the deciding fixes [{at, lon, lat, speed, serial}]; permit: what was looked up {number, kind, until} or {} where none was found.
    Times: *_at by the device (suspected, confirmed, ended), received_at at the gateway, decided_at when judged, delivered_at when `live` had it.
    """

    key = models.TextField(unique=True)
    rule_code = models.TextField()
    rule_version = models.IntegerField()
    rule_kind = models.TextField()
    severity = models.TextField()
    fence_code = models.TextField(db_default="")
    fence_version = models.IntegerField(null=True)
    vehicle_id = models.BigIntegerField()
    other_vehicle_id = models.BigIntegerField(null=True)  # the second one of a gathering
    stage = models.TextField(choices=[(stage.value, names[1]) for stage, names in STAGE_NAMES.items()])
    lon = models.FloatField()
    lat = models.FloatField()
    place = models.TextField(db_collation="C", db_default="")
    suspected_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    late = models.BooleanField(db_default=False)
    positions = models.JSONField(default=list)
    permit = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    acknowledged_by_id = models.BigIntegerField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    shelved_until = models.DateTimeField(null=True)
    false_reason = models.TextField(
        db_default=""
    )  # drift | parked_at_border | permit_known_late | wrong_register | test | other
    false_note = models.TextField(db_default="")
    false_by_id = models.BigIntegerField(null=True)
    false_at = models.DateTimeField(null=True)
    shelf_reason = models.TextField(db_default="")
    alarm = models.SmallIntegerField(db_default=0)  # AlarmMark: 0 none raised yet, 1 raised, 2 cleared
    case_number = models.TextField(db_default="")

    class Meta:
        """Newest first; open ones of a vehicle; confirmed ones that wait for their case."""

        db_table = "fleet_warning"
        indexes = [
            models.Index(fields=["vehicle_id", "-id"], name="fleet_warning_vehicle"),
            models.Index(fields=["rule_code", "-id"], name="fleet_warning_rule"),
            models.Index(
                fields=["id"], condition=models.Q(stage__in=["suspected", "confirmed"]), name="fleet_warning_open"
            ),
            models.Index(
                fields=["rule_code", "id"],
                condition=models.Q(confirmed_at__isnull=False, case_number="", false_reason=""),
                name="fleet_warning_uncased",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(
                    alarm=0, confirmed_at__isnull=False, severity__in=["critical", "high"], false_reason=""
                ),
                name="fleet_warning_unalarmed",
            ),
            models.Index(fields=["id"], condition=models.Q(alarm=1), name="fleet_warning_alarmed"),
            models.Index(fields=["id"], condition=models.Q(delivered_at=None), name="fleet_warning_undelivered"),
        ]
