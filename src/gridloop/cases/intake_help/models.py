"""What is kept of each training: what it was made from, how good it is, and the model itself while it is of use."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ORIGINS = ("tables", "cases", "file")


class ClassifierModel(models.Model):
    """One trained classifier. At most one is current; `data` (npz with JSON, no text of any case) goes when newer ones have replaced it."""

    made_at = models.DateTimeField()
    origin = models.TextField()
    current = models.BooleanField(default=False)
    reason = models.TextField(default="")
    masters_version = models.BigIntegerField(default=0)
    rows = models.IntegerField()
    labels = models.IntegerField()
    marks = models.JSONField(default=dict)
    data = models.BinaryField(null=True)

    class Meta:
        """One current model, and it is there."""

        app_label = "cases"
        db_table = "cases_classifier_model"
        constraints = [
            models.UniqueConstraint(
                fields=["current"], condition=Q(current=True), name="cases_classifier_model_current"
            ),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="cases_classifier_model_origin"),
            models.CheckConstraint(
                condition=Q(current=False) | Q(data__isnull=False), name="cases_classifier_model_there"
            ),
        ]
