"""Where imported cases come from."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table, found by dataset and foreign id, and by case."""

    dependencies = [("cases", "0004_photo_keys")]
    operations = [
        migrations.CreateModel(
            name="Imported",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dataset", "foreign_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dataset", models.TextField(db_collation="C")),
                ("foreign_id", models.TextField(db_collation="C")),
                ("case_id", models.BigIntegerField(unique=True)),
                ("said", models.JSONField()),
                ("said_on_time", models.BooleanField(null=True)),
                ("on_time", models.BooleanField(null=True)),
                ("on_time_by_rules", models.BooleanField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "cases_imported"},
        ),
    ]
