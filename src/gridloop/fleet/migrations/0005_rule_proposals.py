"""Changes of critical rules that wait for a second person, and answers to requests that may come twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [
        ("fleet", "0004_gateway"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnsweredRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.TextField()),
                ("key", models.TextField()),
                ("asked", models.BinaryField()),
                ("status", models.SmallIntegerField(null=True)),
                ("answer", models.JSONField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "fleet_answered_request",
                "indexes": [models.Index(fields=["at"], name="fleet_answered_request_at")],
                "constraints": [models.UniqueConstraint(fields=("who", "key"), name="fleet_answered_request_once")],
            },
        ),
        migrations.CreateModel(
            name="RuleProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("base_version", models.IntegerField(null=True)),
                ("ends", models.BooleanField(db_default=False)),
                ("said", models.JSONField(default=dict)),
                ("why", models.TextField(db_default="")),
                ("area", models.TextField(db_collation="C", db_default="")),
                ("state", models.TextField(db_default="proposed")),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", models.TextField(db_default="")),
            ],
            options={
                "db_table": "fleet_rule_proposal",
                "indexes": [models.Index(fields=["code", "-id"], name="fleet_rule_proposal_rule")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("code",),
                        name="fleet_rule_proposal_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by_id", models.F("by_id")), ("state", "confirmed"), _negated=True),
                        name="fleet_rule_proposal_four_eyes",
                    ),
                ],
            },
        ),
    ]
