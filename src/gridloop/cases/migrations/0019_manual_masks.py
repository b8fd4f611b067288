"""Which boxes of a photo are covered and by whom, whether a person has checked it, and how often it was made anew."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

SOURCES = ("face", "plate", "person")


class Migration(migrations.Migration):
    """Three columns and one table."""

    dependencies: ClassVar = [("cases", "0018_walks")]
    operations: ClassVar = [
        migrations.AddField("photo", "checked_at", models.DateTimeField(null=True)),
        migrations.AddField("photo", "checked_by_id", models.BigIntegerField(null=True)),
        migrations.AddField("photo", "revision", models.IntegerField(default=0, db_default=0)),
        migrations.CreateModel(
            "PhotoMask",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.TextField(choices=[(one, one) for one in SOURCES])),
                ("left", models.FloatField()),
                ("top", models.FloatField()),
                ("right", models.FloatField()),
                ("bottom", models.FloatField()),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_id", models.BigIntegerField(null=True)),
                (
                    "photo",
                    models.ForeignKey("cases.photo", on_delete=django.db.models.deletion.CASCADE, related_name="masks"),
                ),
            ],
            options={"db_table": "cases_photo_mask"},
        ),
        migrations.AddConstraint(
            "photomask",
            models.CheckConstraint(
                condition=Q(
                    left__gte=0, top__gte=0, right__lte=1, bottom__lte=1, left__lt=F("right"), top__lt=F("bottom")
                ),
                name="cases_photo_mask_inside",
            ),
        ),
        migrations.AddConstraint(
            "photomask",
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="cases_photo_mask_source"),
        ),
    ]
