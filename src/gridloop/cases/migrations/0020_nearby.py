"""Areas that residents follow, a small index that finds what happened since they were told, and residents' own files."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

EVENTS_BY_TIME = "create index cases_event_at on cases_event using brin (at)"


class Migration(migrations.Migration):
    """Nobody follows anything yet."""

    dependencies: ClassVar = [("cases", "0019_manual_masks")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("place", models.TextField(db_collation="C", db_default="")),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("radius_m", models.IntegerField(null=True)),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
            ],
            options={"db_table": "cases_watch"},
        ),
        migrations.AddIndex("watch", models.Index(fields=["person_id"], name="cases_watch_person")),
        migrations.AddConstraint(
            "watch",
            models.CheckConstraint(
                condition=(~Q(place="") & Q(lon__isnull=True, lat__isnull=True, radius_m__isnull=True))
                | Q(place="", lon__isnull=False, lat__isnull=False, radius_m__isnull=False),
                name="cases_watch_area_or_circle",
            ),
        ),
        migrations.CreateModel(
            name="OwnFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("state", models.TextField(db_default="waiting")),
                ("done", models.IntegerField(db_default=0)),
                ("total", models.IntegerField(db_default=0)),
                ("size_bytes", models.IntegerField(db_default=0)),
                ("box_sealed", models.BinaryField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("ready_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "cases_own_file"},
        ),
        migrations.AddConstraint(
            "ownfile",
            models.CheckConstraint(condition=Q(state__in=("waiting", "ready", "failed")), name="cases_own_file_state"),
        ),
        migrations.AddConstraint(
            "ownfile",
            models.UniqueConstraint(
                fields=["person_id"], condition=Q(state="waiting"), name="cases_own_file_one_waiting"
            ),
        ),
        migrations.RunSQL(EVENTS_BY_TIME, "drop index cases_event_at"),
    ]
