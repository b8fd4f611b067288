"""What is kept of a simulation: the proposal, who had it reckoned when, from which position of the ledger, the figures, and the switch."""

from __future__ import annotations

from django.db import models


class Simulation(models.Model):
    """One proposal replayed over the last days. `areas` is what its author could see; `done` of `of` cases were read so far.

    The switch: who asked for it when and from which day on, who confirmed it, and when it was written into the masters.
    """

    by_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    at = models.DateTimeField()
    days = models.IntegerField()
    title = models.TextField(default="")
    proposal = models.JSONField()
    areas = models.JSONField(default=list)
    state = models.TextField(default="waiting")
    done = models.IntegerField(default=0)
    of = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    error_zh = models.TextField(default="")
    error_en = models.TextField(default="")
    position = models.BigIntegerField(null=True)
    masters_version = models.BigIntegerField(null=True)
    totals = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    switch_from = models.DateField(null=True)
    switch_why = models.TextField(default="")
    switch_asked_by = models.BigIntegerField(null=True)
    switch_asked_name = models.TextField(default="")
    switch_asked_at = models.DateTimeField(null=True)
    switch_by = models.BigIntegerField(null=True)
    switch_name = models.TextField(default="")
    switched_at = models.DateTimeField(null=True)

    class Meta:
        """Shown newest first."""

        app_label = "cases"
        db_table = "cases_simulation"


class SimulationChange(models.Model):
    """A case that the proposal would give to another unit: from whom to whom, and which rule says so before and after."""

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="changes", db_index=False)
    case_id = models.BigIntegerField()
    number = models.TextField()
    title = models.TextField()
    class_key = models.TextField()
    place = models.TextField()
    opened_at = models.DateTimeField()
    from_unit = models.BigIntegerField(null=True)
    to_unit = models.BigIntegerField(null=True)
    before = models.SmallIntegerField()
    after = models.SmallIntegerField()

    class Meta:
        """A case changes hands once in a simulation; the list is read by its key. `before` and `after` are places in the figures' list of ways."""

        app_label = "cases"
        db_table = "cases_simulation_change"
        constraints = [models.UniqueConstraint(fields=["simulation", "case_id"], name="cases_simulation_change_once")]
