"""The trainings of the late-forecast, and the present probability of every case in hand."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables: at most one model is current; a case has one probability."""

    dependencies = [("cases", "0008_photo_files")]
    operations = [
        migrations.CreateModel(
            name="ForecastModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("trained_at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("samples", models.IntegerField()),
                ("tested", models.IntegerField()),
                ("brier", models.FloatField()),
                ("brier_base", models.FloatField()),
                ("brier_stage", models.FloatField()),
                ("reliability", models.JSONField()),
                ("stages", models.JSONField()),
                ("weights", models.JSONField()),
                ("current", models.BooleanField(default=False)),
                ("reason", models.TextField(default="")),
            ],
            options={
                "db_table": "cases_forecast_model",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)), fields=("current",), name="cases_forecast_model_current"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("p", models.FloatField()),
                ("at", models.DateTimeField()),
                ("why", models.JSONField(default=list)),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="cases.forecastmodel"
                    ),
                ),
            ],
            options={
                "db_table": "cases_forecast",
                "indexes": [models.Index(fields=["-p", "case_id"], name="cases_forecast_worst")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("p__gte", 0), ("p__lte", 1)), name="cases_forecast_is_share"
                    )
                ],
            },
        ),
    ]
