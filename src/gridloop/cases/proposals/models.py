"""What is kept of a proposal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class MastersProposal(models.Model):
    """A proposed change to one row of one master table, from the first word to what became of it; never deleted."""

    table = models.TextField()
    key = models.TextField()
    ends = models.BooleanField(default=False)
    values = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    valid_from = models.DateField()
    why = models.TextField()
    four_eyes = models.BooleanField()
    preview = models.JSONField(default=dict)
    state = models.TextField()
    base_id = models.BigIntegerField(null=True)
    row_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(default="")

    class Meta:
        """One that waits for each row, and nobody decides alone where two are asked for."""

        app_label = "cases"
        db_table = "cases_masters_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["table", "key"], condition=Q(state="proposed"), name="cases_masters_proposal_waits_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed", four_eyes=True, decided_by_id=models.F("by_id")),
                name="cases_masters_proposal_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["table", "key", "-id"], name="cases_masters_proposal_row")]
