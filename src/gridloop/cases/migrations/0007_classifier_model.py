"""The trainings of the intake help."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table; at most one model is current."""

    dependencies = [("cases", "0006_evaluation")]
    operations = [
        migrations.CreateModel(
            name="ClassifierModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("origin", models.TextField()),
                ("current", models.BooleanField(default=False)),
                ("reason", models.TextField(default="")),
                ("masters_version", models.BigIntegerField(default=0)),
                ("rows", models.IntegerField()),
                ("labels", models.IntegerField()),
                ("marks", models.JSONField(default=dict)),
                ("data", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "cases_classifier_model",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)),
                        fields=("current",),
                        name="cases_classifier_model_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("tables", "cases", "file"))),
                        name="cases_classifier_model_origin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("current", False), ("data__isnull", False), _connector="OR"),
                        name="cases_classifier_model_there",
                    ),
                ],
            },
        )
    ]
