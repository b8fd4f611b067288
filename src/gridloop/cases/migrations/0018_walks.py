"""Shifts on foot with their positions, last visits of cells, and how exact the position of a photo is."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Three tables and a column."""

    dependencies = [("cases", "0017_shifts")]
    operations = [
        migrations.AddField("photo", "accuracy_m", models.FloatField(null=True)),
        migrations.CreateModel(
            name="CellVisit",
            fields=[
                ("cell", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "cases_cell_visit"},
        ),
        migrations.CreateModel(
            name="Walk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("area", models.TextField(db_collation="C")),
                ("key", models.TextField(db_collation="C")),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("by_hours", models.BooleanField(default=False)),
                ("dropped", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "cases_walk",
                "indexes": [models.Index(fields=["ended_at"], name="cases_walk_ended")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("person_id",), name="cases_walk_open"
                    ),
                    models.UniqueConstraint(fields=("person_id", "key"), name="cases_walk_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WalkPosition",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "walk_id", "at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "walk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="positions",
                        to="cases.walk",
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("lon", models.FloatField()),
                ("lat", models.FloatField()),
                ("accuracy_m", models.FloatField()),
            ],
            options={"db_table": "cases_walk_position"},
        ),
    ]
