"""Simulations of the routing with the cases that would change hands, mergers of units, and the areas of units as part of the masters."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
WATCHED = """
create trigger cases_unit_merger_changed after insert or update or delete on cases_unit_merger
    for each statement execute function cases_masters_changed();
create trigger cases_area_unit_changed after insert or update or delete on places_areaunit
    for each statement execute function cases_masters_changed();
"""
UNWATCHED = """
drop trigger if exists cases_unit_merger_changed on cases_unit_merger;
drop trigger if exists cases_area_unit_changed on places_areaunit;
"""


def text(**more: Any) -> models.TextField[str, str]:
    """A text, empty unless something is said."""
    return models.TextField(default="", **more)


class Migration(migrations.Migration):
    """Three tables; which unit answers for an area steers the routing, so that it raises the number of the masters too."""

    dependencies: ClassVar = [("cases", "0011_incidents"), ("places", "0001_tables")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="UnitMerger",
            fields=[
                ("id", ID),
                ("version", models.PositiveIntegerField(default=1)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("confidence", models.TextField(default="constructed")),
                ("source", text()),
                ("from_unit", models.BigIntegerField()),
                ("to_unit", models.BigIntegerField()),
            ],
            options={
                "db_table": "cases_unit_merger",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("from_unit",),
                        name="cases_unit_merger_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_unit", models.F("to_unit")), _negated=True),
                        name="cases_unit_merger_of_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Simulation",
            fields=[
                ("id", ID),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.TextField()),
                ("at", models.DateTimeField()),
                ("days", models.IntegerField()),
                ("title", text()),
                ("proposal", models.JSONField()),
                ("areas", models.JSONField(default=list)),
                ("state", models.TextField(default="waiting")),
                ("done", models.IntegerField(default=0)),
                ("of", models.IntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("error_zh", text()),
                ("error_en", text()),
                ("position", models.BigIntegerField(null=True)),
                ("masters_version", models.BigIntegerField(null=True)),
                ("totals", models.JSONField(default=dict)),
                ("figures", models.JSONField(default=dict)),
                ("switch_from", models.DateField(null=True)),
                ("switch_why", text()),
                ("switch_asked_by", models.BigIntegerField(null=True)),
                ("switch_asked_name", text()),
                ("switch_asked_at", models.DateTimeField(null=True)),
                ("switch_by", models.BigIntegerField(null=True)),
                ("switch_name", text()),
                ("switched_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "cases_simulation"},
        ),
        migrations.CreateModel(
            name="SimulationChange",
            fields=[
                ("id", ID),
                ("case_id", models.BigIntegerField()),
                ("number", models.TextField()),
                ("title", models.TextField()),
                ("class_key", models.TextField()),
                ("place", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("from_unit", models.BigIntegerField(null=True)),
                ("to_unit", models.BigIntegerField(null=True)),
                ("before", models.SmallIntegerField()),
                ("after", models.SmallIntegerField()),
                (
                    "simulation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="cases.simulation",
                    ),
                ),
            ],
            options={
                "db_table": "cases_simulation_change",
                "constraints": [
                    models.UniqueConstraint(fields=("simulation", "case_id"), name="cases_simulation_change_once")
                ],
            },
        ),
        migrations.RunSQL(WATCHED, UNWATCHED),
    ]
