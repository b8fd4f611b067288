"""A vehicle's way is read from the key of positions alone."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
BEFORE = (SQL / "gateway.sql").read_text("utf-8")
MAKE_DAYS = BEFORE[BEFORE.index("create or replace function fleet_make_days") : BEFORE.index("-- Who drove when")]
BARE_KEY = """
alter table fleet_position drop constraint fleet_position_pkey;
alter table fleet_position add constraint fleet_position_pkey primary key (vehicle_id, at, serial);
"""


class Migration(migrations.Migration):
    """Builds the key of every day that is kept anew: some minutes for each day of a large fleet, in which no position is stored."""

    dependencies = [("fleet", "0007_shards")]
    operations = [migrations.RunSQL((SQL / "ways.sql").read_text("utf-8"), MAKE_DAYS + BARE_KEY)]
