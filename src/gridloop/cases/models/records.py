"""Records beside the case: suspensions, returns, ratings, links, marks of the escalation ladder, things to be told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Suspension(models.Model):
    """A stop of the clock: who asked for it and why, who granted it, until when, and what of its budget was used."""

    case_id = models.BigIntegerField(db_index=True)
    reason = models.TextField()
    note = models.TextField()
    photos = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    until_at = models.DateTimeField()
    budget_hours = models.FloatField()
    granted_at = models.DateTimeField(null=True)
    granted_by = models.BigIntegerField(null=True)
    refused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Read by case and, for the statistics, by unit and reason."""

        db_table = "cases_suspension"
        indexes = [models.Index(fields=["unit_id", "reason"], name="cases_suspension_unit")]


class Return(models.Model):
    """A unit sent a case back, citing a rule; where it went afterwards."""

    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    from_unit = models.BigIntegerField(null=True)
    rule = models.TextField()
    note = models.TextField()
    at = models.DateTimeField()
    to_unit = models.BigIntegerField(null=True)
    ruled = models.BooleanField(default=False)

    class Meta:
        """One row for each return."""

        db_table = "cases_return"
        constraints = [models.UniqueConstraint(fields=["case_id", "seq"], name="cases_return_once")]
        indexes = [models.Index(fields=["from_unit", "at"], name="cases_return_unit")]


class Rating(models.Model):
    """A reporter's stars."""

    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    person_id = models.BigIntegerField(null=True)
    stars = models.PositiveSmallIntegerField()
    note = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        """Kept every time; the case shows the last one."""

        db_table = "cases_rating"
        constraints = [models.UniqueConstraint(fields=["case_id", "seq"], name="cases_rating_once")]


class Link(models.Model):
    """A case merged into another one; kept after an unmerge, with its end."""

    case_id = models.BigIntegerField()
    into_id = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        """A case is merged into one other case at a time."""

        db_table = "cases_link"
        constraints = [
            models.UniqueConstraint(fields=["case_id"], condition=Q(undone_at__isnull=True), name="cases_link_once")
        ]


class EscalationMark(models.Model):
    """A rung that was told for one deadline of one case, so that nobody is told twice."""

    case_id = models.BigIntegerField()
    mark = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """One row for each rung and deadline."""

        db_table = "cases_escalation_mark"
        constraints = [models.UniqueConstraint(fields=["case_id", "mark"], name="cases_escalation_mark_once")]


class Telling(models.Model):
    """An event that people are still to be told about; written with the event, emptied by a job."""

    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        """Emptied in order."""

        db_table = "cases_telling"
