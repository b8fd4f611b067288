"""What is kept of a resident's own file while it is made and for the few hours in which it can be fetched."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

STATES = ("waiting", "ready", "failed")


class OwnFile(models.Model):
    """One ZIP of everything about one person, sealed; `done` of `total` reports are in it so far. Removed a day later."""

    person_id = models.BigIntegerField()
    state = models.TextField(db_default="waiting")
    done = models.IntegerField(db_default=0)
    total = models.IntegerField(db_default=0)
    size_bytes = models.IntegerField(db_default=0)
    box_sealed = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    class Meta:
        """One at a time for a person."""

        app_label = "cases"
        db_table = "cases_own_file"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="cases_own_file_state"),
            models.UniqueConstraint(
                fields=["person_id"], condition=Q(state="waiting"), name="cases_own_file_one_waiting"
            ),
        ]
