"""Announcements: what a unit or supervisor tells an area of."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Nothing is announced yet."""

    dependencies: ClassVar = [("cases", "0020_nearby")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.TextField(default="draft")),
                ("version", models.IntegerField(default=1)),
                ("category", models.TextField()),
                ("severity", models.TextField()),
                ("title_zh", models.TextField()),
                ("title_en", models.TextField()),
                ("text_zh", models.TextField()),
                ("text_en", models.TextField()),
                (
                    "areas",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(db_collation="C"), size=None),
                ),
                ("geom", django.contrib.gis.db.models.fields.GeometryField(geography=True, null=True, srid=4326)),
                ("radius_m", models.IntegerField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("unit_id", models.BigIntegerField(null=True)),
                ("by_id", models.BigIntegerField()),
                ("by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_key", models.TextField(db_default="")),
                ("said_key", models.TextField(db_default="")),
                ("asked_by_id", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("approved_by_id", models.BigIntegerField(null=True)),
                ("approved_name", models.TextField(db_default="")),
                ("published_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("note", models.TextField(db_default="")),
                ("mark", models.IntegerField(db_default=0)),
            ],
            options={"db_table": "cases_announcement"},
        ),
        migrations.AddIndex(
            "announcement",
            models.Index(fields=["ends_at"], name="cases_announcement_ends", condition=~Q(published_at=None)),
        ),
        migrations.AddConstraint(
            "announcement",
            models.UniqueConstraint(
                fields=["by_id", "made_key"], condition=~Q(made_key=""), name="cases_announcement_key"
            ),
        ),
        migrations.AddConstraint(
            "announcement",
            models.CheckConstraint(
                condition=Q(state__in=["draft", "waiting", "published", "withdrawn"]), name="cases_announcement_state"
            ),
        ),
        migrations.AddConstraint(
            "announcement",
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cases_announcement_time"),
        ),
        migrations.AddConstraint(
            "announcement",
            models.CheckConstraint(
                condition=Q(radius_m=None) | Q(geom__isnull=False), name="cases_announcement_radius"
            ),
        ),
    ]
