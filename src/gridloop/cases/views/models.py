"""What is kept of a saved view."""

from __future__ import annotations

from django.db import models


class SavedView(models.Model):
    """A named filter of the queue; with a unit its people see it too."""

    owner_id = models.BigIntegerField()
    name = models.TextField()
    query = models.JSONField()
    unit_id = models.BigIntegerField(null=True, db_index=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """A person's names are each once there."""

        app_label = "cases"
        db_table = "cases_saved_view"
        constraints = [models.UniqueConstraint(fields=["owner_id", "name"], name="cases_saved_view_name")]
