"""Where imported components come from."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table, found by dataset and foreign id."""

    dependencies = [("places", "0002_functions")]
    operations = [
        migrations.CreateModel(
            name="ImportedComponent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dataset", "foreign_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dataset", models.TextField(db_collation="C")),
                ("foreign_id", models.TextField(db_collation="C")),
                ("code", models.CharField(db_collation="C", max_length=16)),
                ("fingerprint", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "places_imported"},
        ),
    ]
