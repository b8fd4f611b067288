"""Mass actions with their cases, saved views, and an index of the few steps that were taken back."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

TAKEN_BACK = "create index cases_event_taken_back on cases_event (case_id, seq) where verb = 'take_back'"
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    """Three tables and one small index."""

    dependencies = [("cases", "0009_forecast")]
    operations = [
        migrations.CreateModel(
            name="Mass",
            fields=[
                ("id", ID),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("verb", models.TextField()),
                ("key", models.TextField()),
                ("asked", models.JSONField()),
                ("acting", models.JSONField()),
                ("total", models.IntegerField()),
                ("counts", models.JSONField(default=dict)),
                ("ended_at", models.DateTimeField(null=True)),
                ("undo_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undo_counts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "cases_mass",
                "constraints": [models.UniqueConstraint(fields=("by_id", "key"), name="cases_mass_key")],
            },
        ),
        migrations.CreateModel(
            name="MassItem",
            fields=[
                ("id", ID),
                ("place", models.IntegerField()),
                ("number", models.TextField()),
                ("seen", models.IntegerField(null=True)),
                ("outcome", models.TextField(default="waiting")),
                ("en", models.TextField(default="")),
                ("zh", models.TextField(default="")),
                ("from_state", models.TextField(default="")),
                ("to_state", models.TextField(default="")),
                ("version", models.IntegerField(null=True)),
                ("undo", models.TextField(default="")),
                ("undo_en", models.TextField(default="")),
                ("undo_zh", models.TextField(default="")),
                (
                    "mass",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="cases.mass"
                    ),
                ),
            ],
            options={
                "db_table": "cases_mass_item",
                "constraints": [models.UniqueConstraint(fields=("mass", "number"), name="cases_mass_item_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", ID),
                ("owner_id", models.BigIntegerField()),
                ("name", models.TextField()),
                ("query", models.JSONField()),
                ("unit_id", models.BigIntegerField(db_index=True, null=True)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "cases_saved_view",
                "constraints": [models.UniqueConstraint(fields=("owner_id", "name"), name="cases_saved_view_name")],
            },
        ),
        migrations.RunSQL(TAKEN_BACK, "drop index cases_event_taken_back"),
    ]
