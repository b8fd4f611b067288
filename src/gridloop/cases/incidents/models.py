"""What is kept of an incident beside the merged cases: who brought them together, and what was said to all reporters."""

from __future__ import annotations

from django.db import models

from gridloop.cases.mass.models import Mass


class Incident(models.Model):
    """Cases that somebody merged into one in one go; how it went with each stands in the mass action, how it was undone in `undo`."""

    case_id = models.BigIntegerField(db_index=True)
    number = models.TextField(db_collation="C")
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    key = models.TextField()
    note = models.TextField(default="")
    mass = models.OneToOneField(Mass, on_delete=models.PROTECT, null=True, related_name="incident")
    undo_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undo = models.JSONField(default=dict)

    class Meta:
        """A key is its sender's own."""

        app_label = "cases"
        db_table = "cases_incident"
        constraints = [models.UniqueConstraint(fields=["by_id", "key"], name="cases_incident_key")]


class IncidentMessage(models.Model):
    """Words to everybody who reported an incident, told once to each; the counts say to how many and how many nobody could reach."""

    case_id = models.BigIntegerField(db_index=True)
    by_id = models.BigIntegerField()
    by_name = models.TextField(default="")
    key = models.TextField()
    at = models.DateTimeField()
    text_zh = models.TextField()
    text_en = models.TextField()
    told = models.IntegerField()
    unreachable = models.IntegerField()

    class Meta:
        """A key is its sender's own."""

        app_label = "cases"
        db_table = "cases_incident_message"
        constraints = [models.UniqueConstraint(fields=["by_id", "key"], name="cases_incident_message_key")]
