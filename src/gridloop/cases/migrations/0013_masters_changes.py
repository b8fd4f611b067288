"""Proposals for the masters, and who set a day of the working calendar: a city's own day is not undone by loading the published ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    """One table, two columns."""

    dependencies: ClassVar = [("cases", "0012_simulations")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="MastersProposal",
            fields=[
                ("id", ID),
                ("table", models.TextField()),
                ("key", models.TextField()),
                ("ends", models.BooleanField(default=False)),
                ("values", models.JSONField(default=dict)),
                ("before", models.JSONField(null=True)),
                ("valid_from", models.DateField()),
                ("why", models.TextField()),
                ("four_eyes", models.BooleanField()),
                ("preview", models.JSONField(default=dict)),
                ("state", models.TextField()),
                ("base_id", models.BigIntegerField(null=True)),
                ("row_id", models.BigIntegerField(null=True)),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", models.TextField(default="")),
            ],
            options={
                "db_table": "cases_masters_proposal",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("table", "key"),
                        name="cases_masters_proposal_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by_id", models.F("by_id")),
                            ("four_eyes", True),
                            ("state", "confirmed"),
                            _negated=True,
                        ),
                        name="cases_masters_proposal_four_eyes",
                    ),
                ],
                "indexes": [models.Index(fields=["table", "key", "-id"], name="cases_masters_proposal_row")],
            },
        ),
        migrations.AddField("calendarday", "confidence", models.TextField(default="standard")),
        migrations.AddField("calendarday", "source", models.TextField(default="")),
    ]
