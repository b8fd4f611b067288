"""What is kept of failing again: filings still to be looked at, root causes, and the cases that each of them explains."""

from __future__ import annotations

from django.db import models


class Filing(models.Model):
    """A case of a component was filed; written with the step, emptied by the job that looks for recurrence."""

    component = models.TextField(db_collation="C")
    case_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        """Emptied in order."""

        app_label = "cases"
        db_table = "cases_filing"


class RootCause(models.Model):
    """The case that asks why a component fails again and again; `because_id` is the case whose filing was one too many."""

    case_id = models.BigIntegerField(primary_key=True)
    component = models.TextField(db_collation="C")
    at = models.DateTimeField()
    because_id = models.BigIntegerField(unique=True)

    class Meta:
        """One for a component and window, found by both; a case can be the one too many only once."""

        app_label = "cases"
        db_table = "cases_root_cause"
        indexes = [models.Index(fields=["component", "at"], name="cases_root_cause_component")]


class RootCauseCase(models.Model):
    """A failure that a root cause explains."""

    root = models.ForeignKey(RootCause, on_delete=models.CASCADE, related_name="cases")
    case_id = models.BigIntegerField(db_index=True)

    class Meta:
        """Listed by root cause, looked up by case."""

        app_label = "cases"
        db_table = "cases_root_cause_case"
        constraints = [models.UniqueConstraint(fields=["root", "case_id"], name="cases_root_cause_case_once")]
