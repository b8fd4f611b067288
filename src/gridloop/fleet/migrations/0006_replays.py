"""Rules asked of the past, texts to many with a name, and who came late into the squares of who was where."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fleet", "0005_rule_proposals")]

    operations = [
        migrations.CreateModel(
            name="RuleReplay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("version", models.IntegerField()),
                ("said", models.JSONField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("areas", models.JSONField(default=list)),
                ("by_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("state", models.TextField(db_default="waiting")),
                ("done", models.IntegerField(db_default=0)),
                ("of", models.IntegerField(db_default=0)),
                ("fixes", models.BigIntegerField(db_default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("error_zh", models.TextField(db_default="")),
                ("error_en", models.TextField(db_default="")),
                ("totals", models.JSONField(default=dict)),
                ("figures", models.JSONField(default=dict)),
            ],
            options={"db_table": "fleet_rule_replay"},
        ),
        migrations.AddIndex(
            model_name="rulereplay", index=models.Index(fields=["code", "-id"], name="fleet_rule_replay_rule")
        ),
        migrations.AddField(model_name="order", name="batch", field=models.TextField(db_default="")),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("batch", ""), _negated=True), fields=["batch", "id"], name="fleet_order_batch"
            ),
        ),
        # What came in since the last look is found by when it came: pages of positions lie in that order.
        migrations.RunSQL(
            "create index fleet_position_received on fleet_position using brin (received_at) with (pages_per_range = 32);"
            "alter table fleet_presence_until add column heard_until timestamptz",
            "alter table fleet_presence_until drop column heard_until; drop index fleet_position_received",
        ),
    ]
