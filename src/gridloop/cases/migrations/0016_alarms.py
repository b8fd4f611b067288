"""Alarms with where they come from and what was done about them, and an index of when cases were closed, by which a past moment is found."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
CLOSED_AT = "create index cases_case_closed_at on cases_case_closed (closed_at)"
SOURCES = """
insert into cases_alarm_source (code, name_zh, name_en, limits, shelf_hours_max, declared_at) values
    ('ladder', '案件超时', 'late case', '{"level": 2, "cases": 200}', 24, now()),
    ('incident', '同一事件多人上报', 'one incident, many reports', '{"reports": 5, "hours": 48}', 24, now()),
    ('overload', '处置单位积压', 'unit overloaded', '{"late": 5, "late_share": 0.2}', 72, now()),
    ('silence', '上报沉默', 'reports fell silent', '{"days": 7, "places": 20}', 168, now())
"""


class Migration(migrations.Migration):
    """Three tables, the four sources of this room, and one index."""

    dependencies = [("cases", "0015_photo_seals")]
    operations = [
        migrations.CreateModel(
            name="AlarmSource",
            fields=[
                ("code", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField()),
                ("limits", models.JSONField(default=dict)),
                ("shelf_hours_max", models.FloatField(default=24)),
                ("declared_at", models.DateTimeField()),
            ],
            options={"db_table": "cases_alarm_source"},
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", ID),
                ("key", models.TextField(db_collation="C")),
                ("severity", models.TextField(db_collation="C")),
                ("title_zh", models.TextField()),
                ("title_en", models.TextField()),
                ("subject", models.TextField(db_collation="C", default="")),
                ("area", models.TextField(db_collation="C", default="")),
                ("unit_id", models.BigIntegerField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("why", models.JSONField(default=dict)),
                ("times", models.IntegerField(default=1)),
                ("raised_at", models.DateTimeField(db_index=True)),
                ("active_at", models.DateTimeField()),
                ("cleared_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by", models.BigIntegerField(null=True)),
                ("acknowledged_name", models.TextField(default="")),
                ("acknowledged_s", models.FloatField(null=True)),
                ("false_because", models.TextField(default="")),
                ("shelved_until", models.DateTimeField(null=True)),
                ("shelved_by", models.BigIntegerField(null=True)),
                ("shelved_name", models.TextField(default="")),
                ("shelf_reason", models.TextField(default="")),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.alarmsource"
                    ),
                ),
            ],
            options={
                "db_table": "cases_alarm",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False)),
                        fields=["closed_at"],
                        name="cases_alarm_closed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)), fields=("key",), name="cases_alarm_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AlarmAct",
            fields=[
                ("id", ID),
                ("at", models.DateTimeField()),
                ("verb", models.TextField(db_collation="C")),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.TextField()),
                ("note", models.TextField(default="")),
                ("after_s", models.FloatField(null=True)),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="acts", to="cases.alarm"
                    ),
                ),
            ],
            options={"db_table": "cases_alarm_act"},
        ),
        migrations.RunSQL(SOURCES, "delete from cases_alarm_source"),
        migrations.RunSQL(CLOSED_AT, "drop index cases_case_closed_at"),
    ]
