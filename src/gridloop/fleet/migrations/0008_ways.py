"""A vehicle's way is read from the key of positions alone."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
BEFORE = (SQL / "gateway.sql").read_text("utf-8")
MAKE_DAYS = BEFORE[BEFORE.index("create or replace function fleet_make_days") : BEFORE.index("-- Who drove when")]
BARE = "including constraints)"
OFTEN = MAKE_DAYS.replace(BARE, f"{BARE} with (autovacuum_vacuum_insert_scale_factor = 0.05)")
"""What is new in a day is marked as seen by all when it is a twentieth of the day, not a fifth: only such pages are read from the key alone."""
BARE_KEY = """
alter table fleet_position drop constraint fleet_position_pkey;
alter table fleet_position add constraint fleet_position_pkey primary key (vehicle_id, at, serial);
"""


class Migration(migrations.Migration):
    """Builds the key of every day that is kept anew: no position is stored meanwhile."""

    dependencies = [("fleet", "0007_shards")]
    operations = [migrations.RunSQL((SQL / "ways.sql").read_text("utf-8") + OFTEN, MAKE_DAYS + BARE_KEY)]
