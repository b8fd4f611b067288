"""What is kept of shifts on foot: when they began and ended, positions for some days, and when a cell was last walked through."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Walk(models.Model):
    """One shift of one worker. `key` is made by the phone, so that a shift that began without a network is one shift; open while `ended_at` is empty."""

    person_id = models.BigIntegerField()
    area = models.TextField(db_collation="C")
    key = models.TextField(db_collation="C")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by_hours = models.BooleanField(default=False)
    """Ended by the clock, because nobody ended it."""
    dropped = models.IntegerField(default=0)
    """Positions that were sent and not taken, because their time lay outside the shift."""

    class Meta:
        """A person is on one shift at a time."""

        app_label = "cases"
        db_table = "cases_walk"
        constraints = [
            models.UniqueConstraint(fields=["person_id"], condition=Q(ended_at__isnull=True), name="cases_walk_open"),
            models.UniqueConstraint(fields=["person_id", "key"], name="cases_walk_key"),
        ]
        indexes = [models.Index(fields=["ended_at"], name="cases_walk_ended")]


class WalkPosition(models.Model):
    """Where the worker was at a moment of the shift, WGS-84 degrees and metres; let go after the configured days."""

    pk = models.CompositePrimaryKey("walk_id", "at")
    walk = models.ForeignKey(Walk, on_delete=models.CASCADE, related_name="positions", db_index=False)
    at = models.DateTimeField(db_index=True)
    lon = models.FloatField()
    lat = models.FloatField()
    accuracy_m = models.FloatField()

    class Meta:
        """One position a moment; the key serves the last one of a shift."""

        app_label = "cases"
        db_table = "cases_walk_position"


class CellVisit(models.Model):
    """When somebody of the field was last in a cell; who it was is not kept, so it may outlive the positions."""

    cell = models.TextField(primary_key=True, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        """One row a cell."""

        app_label = "cases"
        db_table = "cases_cell_visit"
