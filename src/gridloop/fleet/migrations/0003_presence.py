"""Who was where by square and ten minutes, archived days, and what a warning keeps of shelf and alarm."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parents[1] / "sql"
DROP = "drop table fleet_presence; drop table fleet_presence_until"


class Migration(migrations.Migration):
    """Presence is outside the ORM, like positions."""

    dependencies = [("fleet", "0002_positions")]
    operations = [
        migrations.RunSQL((SQL / "presence.sql").read_text("utf-8"), DROP),
        migrations.CreateModel(
            name="ArchivedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("rows", models.BigIntegerField()),
                ("bytes", models.BigIntegerField()),
                ("files", models.JSONField(default=dict)),
                ("archived_at", models.DateTimeField()),
                ("dropped_at", models.DateTimeField(null=True)),
                ("gone_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "fleet_archived_day"},
        ),
        migrations.AddField("vehiclewarning", "shelf_reason", models.TextField(db_default="")),
        migrations.AddField("vehiclewarning", "alarm", models.SmallIntegerField(db_default=0)),
        migrations.RemoveIndex("vehiclewarning", "fleet_warning_uncased"),
        migrations.AddIndex(
            "vehiclewarning",
            models.Index(
                fields=["rule_code", "id"],
                condition=models.Q(confirmed_at__isnull=False, case_number="", false_reason=""),
                name="fleet_warning_uncased",
            ),
        ),
        migrations.AddIndex(
            "vehiclewarning",
            models.Index(
                fields=["id"],
                condition=models.Q(
                    alarm=0, confirmed_at__isnull=False, severity__in=["critical", "high"], false_reason=""
                ),
                name="fleet_warning_unalarmed",
            ),
        ),
        migrations.AddIndex(
            "vehiclewarning",
            models.Index(fields=["id"], condition=models.Q(alarm=1), name="fleet_warning_alarmed"),
        ),
        migrations.AddIndex(
            "vehiclewarning",
            models.Index(fields=["id"], condition=models.Q(delivered_at=None), name="fleet_warning_undelivered"),
        ),
    ]
