"""Positions in daily partitions, the last position of each vehicle, and the function that makes days ahead."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
DROP = "drop function fleet_make_days; drop table fleet_last; drop table fleet_position"


class Migration(migrations.Migration):
    """Outside the ORM: the gateway writes by COPY."""

    dependencies = [("fleet", "0001_tables")]
    operations = [
        migrations.RunSQL((SQL / "positions.sql").read_text("utf-8"), DROP),
    ]
