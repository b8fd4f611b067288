"""What is kept of a hand-over: the page as both saw it, its fingerprint, and two signatures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Handover(models.Model):
    """One page. It is frozen when the outgoing officer signs; `incoming_at` is empty until the other one has signed too."""

    area = models.TextField(db_collation="C")
    page = models.JSONField()
    sha256 = models.BinaryField()
    note = models.TextField(default="")
    outgoing_id = models.BigIntegerField()
    outgoing_name = models.TextField()
    outgoing_at = models.DateTimeField()
    incoming_id = models.BigIntegerField(null=True)
    incoming_name = models.TextField(default="")
    incoming_note = models.TextField(default="")
    incoming_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One page of an area waits for its second signature at a time."""

        app_label = "cases"
        db_table = "cases_handover"
        constraints = [
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(incoming_at__isnull=True, withdrawn_at__isnull=True),
                name="cases_handover_waiting",
            )
        ]
        indexes = [models.Index(fields=["area", "id"], name="cases_handover_area")]
