"""What is kept: each training with its honest marks, and the present probability of every case in hand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ForecastModel(models.Model):
    """One training. `since` and `until` are the period of its rows; at most one is current, and only one that beats the class's base rate."""

    trained_at = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    samples = models.IntegerField()
    tested = models.IntegerField()
    brier = models.FloatField()
    brier_base = models.FloatField()
    brier_stage = models.FloatField()
    reliability = models.JSONField()
    stages = models.JSONField()
    weights = models.JSONField()
    current = models.BooleanField(default=False)
    reason = models.TextField(default="")

    class Meta:
        """At most one current model."""

        app_label = "cases"
        db_table = "cases_forecast_model"
        constraints = [
            models.UniqueConstraint(fields=["current"], condition=Q(current=True), name="cases_forecast_model_current")
        ]


class Forecast(models.Model):
    """How likely one case in hand is finished after its deadline, and the reasons that weigh most, as [code, figures...]."""

    case_id = models.BigIntegerField(primary_key=True)
    p = models.FloatField()
    at = models.DateTimeField()
    model = models.ForeignKey(ForecastModel, on_delete=models.CASCADE, db_index=False)
    why = models.JSONField(default=list)

    class Meta:
        """Read worst first."""

        app_label = "cases"
        db_table = "cases_forecast"
        indexes = [models.Index(fields=["-p", "case_id"], name="cases_forecast_worst")]
        constraints = [models.CheckConstraint(condition=Q(p__gte=0, p__lte=1), name="cases_forecast_is_share")]
