"""Filings to be looked at for recurrence, root causes with their cases, incidents with their messages, and an index of cases by component."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
BY_COMPONENT = "create index cases_case_component on cases_case (component, opened_at) where component is not null"
"""By the time of the report, not by id: histories that were brought in later have higher ids than newer cases."""


class Migration(migrations.Migration):
    """Five tables and one index, which PostgreSQL makes in each partition."""

    dependencies: ClassVar = [("cases", "0010_mass_and_views"), ("places", "0004_warranty")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", ID),
                ("component", models.TextField(db_collation="C")),
                ("case_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "cases_filing"},
        ),
        migrations.CreateModel(
            name="RootCause",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("component", models.TextField(db_collation="C")),
                ("at", models.DateTimeField()),
                ("because_id", models.BigIntegerField(unique=True)),
            ],
            options={
                "db_table": "cases_root_cause",
                "indexes": [models.Index(fields=["component", "at"], name="cases_root_cause_component")],
            },
        ),
        migrations.CreateModel(
            name="RootCauseCase",
            fields=[
                ("id", ID),
                ("case_id", models.BigIntegerField(db_index=True)),
                (
                    "root",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cases", to="cases.rootcause"
                    ),
                ),
            ],
            options={
                "db_table": "cases_root_cause_case",
                "constraints": [models.UniqueConstraint(fields=("root", "case_id"), name="cases_root_cause_case_once")],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", ID),
                ("case_id", models.BigIntegerField(db_index=True)),
                ("number", models.TextField(db_collation="C")),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("key", models.TextField()),
                ("note", models.TextField(default="")),
                (
                    "mass",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="incident", to="cases.mass"
                    ),
                ),
                ("undo_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undo", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "cases_incident",
                "constraints": [models.UniqueConstraint(fields=("by_id", "key"), name="cases_incident_key")],
            },
        ),
        migrations.CreateModel(
            name="IncidentMessage",
            fields=[
                ("id", ID),
                ("case_id", models.BigIntegerField(db_index=True)),
                ("by_id", models.BigIntegerField()),
                ("by_name", models.TextField(default="")),
                ("key", models.TextField()),
                ("at", models.DateTimeField()),
                ("text_zh", models.TextField()),
                ("text_en", models.TextField()),
                ("told", models.IntegerField()),
                ("unreachable", models.IntegerField()),
            ],
            options={
                "db_table": "cases_incident_message",
                "constraints": [models.UniqueConstraint(fields=("by_id", "key"), name="cases_incident_message_key")],
            },
        ),
        migrations.RunSQL(BY_COMPONENT, "drop index cases_case_component"),
    ]
