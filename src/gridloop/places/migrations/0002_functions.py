"""SQL functions of the hot paths, and the triggers that keep the copy for tiles."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
DROP = """
drop trigger if exists places_component_added on places_component;
drop trigger if exists places_component_changed on places_component;
drop trigger if exists places_component_removed on places_component;
drop function if exists places_component_added, places_component_changed, places_component_removed,
    places_refresh_clusters, places_recluster_points, places_at, places_nearest_component, places_address;
"""
SPARE_INDEXES = """
do $$
declare spare text;
begin
    for spare in select indexname from pg_indexes
        where schemaname = current_schema() and tablename like 'places\\_%' and indexname like '%\\_like'
    loop
        execute format('drop index %I', spare);
    end loop;
end $$;
"""
"""Codes are COLLATE "C": their own index serves prefixes, the second one that Django adds for LIKE is only weight."""


class Migration(migrations.Migration):
    """Functions are replaced as a whole; a later migration runs the same files again after they changed."""

    dependencies = [("places", "0001_tables")]
    operations = [
        migrations.RunSQL(SPARE_INDEXES, "select 1"),
        migrations.RunSQL((SQL / "functions.sql").read_text("utf-8"), "select 1"),
        migrations.RunSQL((SQL / "tile_copy.sql").read_text("utf-8"), DROP),
    ]
