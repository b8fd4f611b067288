"""Entries, nodes, checkpoints and witnesses can be added and never changed; the database itself refuses."""

from __future__ import annotations

from django.db import migrations

TABLES = ("audit_entry", "audit_node", "audit_checkpoint", "audit_witness")

REFUSE = """
create function audit_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is refused; the ledger is corrected by a further entry', tg_table_name, tg_op
        using errcode = 'restrict_violation';
end
$$;
"""
GUARD = """
create trigger {table}_append_only before update or delete on {table}
    for each row execute function audit_refuse_change();
create trigger {table}_no_truncate before truncate on {table}
    for each statement execute function audit_refuse_change();
"""
UNGUARD = "drop trigger {table}_append_only on {table}; drop trigger {table}_no_truncate on {table};"
LEDGER_SHAPE = """
alter table audit_entry alter column body set storage external, alter column leaf set storage plain;
alter table audit_checkpoint alter column leaves set storage external;
"""


class Migration(migrations.Migration):
    """Triggers in front of the append-only tables."""

    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "drop function audit_refuse_change();"),
        *(migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table)) for table in TABLES),
        migrations.RunSQL(LEDGER_SHAPE, migrations.RunSQL.noop),
    ]
