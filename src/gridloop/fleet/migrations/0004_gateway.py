"""How far the gateway has come, and days that may be made although a wrong clock has claimed them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
BEFORE = (SQL / "positions.sql").read_text("utf-8")
MAKE_DAYS = BEFORE[BEFORE.index("create function fleet_make_days") :].replace(
    "create function", "create or replace function"
)


class Migration(migrations.Migration):
    """Written by the gateway by hand."""

    dependencies = [("fleet", "0003_presence")]
    operations = [
        migrations.RunSQL(
            (SQL / "gateway.sql").read_text("utf-8"), f"drop table fleet_shift; drop table fleet_gateway; {MAKE_DAYS}"
        ),
    ]
