"""Hand-overs of the desk, each with its page, its fingerprint and two signatures."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("cases", "0016_alarms")]
    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.TextField(db_collation="C")),
                ("page", models.JSONField()),
                ("sha256", models.BinaryField()),
                ("note", models.TextField(default="")),
                ("outgoing_id", models.BigIntegerField()),
                ("outgoing_name", models.TextField()),
                ("outgoing_at", models.DateTimeField()),
                ("incoming_id", models.BigIntegerField(null=True)),
                ("incoming_name", models.TextField(default="")),
                ("incoming_note", models.TextField(default="")),
                ("incoming_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "cases_handover",
                "indexes": [models.Index(fields=["area", "id"], name="cases_handover_area")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("incoming_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("area",),
                        name="cases_handover_waiting",
                    )
                ],
            },
        )
    ]
