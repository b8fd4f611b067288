"""Who judges which shard of the vehicles, and how far it has come."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    """Written by evaluators by hand."""

    dependencies = [("fleet", "0006_replays")]
    operations = [migrations.RunSQL((SQL / "shards.sql").read_text("utf-8"), "drop table fleet_shard")]
