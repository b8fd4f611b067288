"""What is kept of alarms: where they may come from, each cause with its present standing, and everything that was done about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AlarmSource(models.Model):
    """Where alarms come from. `limits` are the figures from which this source raises one; rooms above declare sources of their own."""

    code = models.TextField(primary_key=True, db_collation="C")
    name_zh = models.TextField()
    name_en = models.TextField()
    limits = models.JSONField(default=dict)
    shelf_hours_max = models.FloatField(default=24)
    declared_at = models.DateTimeField()

    class Meta:
        """A handful of rows."""

        app_label = "cases"
        db_table = "cases_alarm_source"


class Alarm(models.Model):
    """One cause, from its first raising until it is over and somebody has taken note.

    `active_at` is when it last began to call for somebody; `acknowledged_s` how many seconds it then took until somebody took note.
    """

    key = models.TextField(db_collation="C")
    source = models.ForeignKey(AlarmSource, on_delete=models.PROTECT, related_name="+")
    severity = models.TextField(db_collation="C")
    title_zh = models.TextField()
    title_en = models.TextField()
    subject = models.TextField(db_collation="C", default="")
    area = models.TextField(db_collation="C", default="")
    unit_id = models.BigIntegerField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    why = models.JSONField(default=dict)
    times = models.IntegerField(default=1)
    raised_at = models.DateTimeField(db_index=True)
    active_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.BigIntegerField(null=True)
    acknowledged_name = models.TextField(default="")
    acknowledged_s = models.FloatField(null=True)
    false_because = models.TextField(default="")
    shelved_until = models.DateTimeField(null=True)
    shelved_by = models.BigIntegerField(null=True)
    shelved_name = models.TextField(default="")
    shelf_reason = models.TextField(default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """One row for each cause that is not over."""

        app_label = "cases"
        db_table = "cases_alarm"
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(closed_at__isnull=True), name="cases_alarm_key")
        ]
        indexes = [models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="cases_alarm_closed")]


class AlarmAct(models.Model):
    """Something that happened to an alarm: who did what when, and how many seconds after it had begun to call."""

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="acts")
    at = models.DateTimeField()
    verb = models.TextField(db_collation="C")
    by_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    note = models.TextField(default="")
    after_s = models.FloatField(null=True)

    class Meta:
        """Read by alarm, in order."""

        app_label = "cases"
        db_table = "cases_alarm_act"
