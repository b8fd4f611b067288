"""What the statistics read: the clocks and the class after each event, and a small index on when a case was reported.

The columns make every figure recomputable from the append-only history alone: without them the deadline of a finished step would be
lost with the next one. The index is BRIN, because cases come in the order of their time: some kilobytes, and nothing to write for most
reports; `multi` keeps the ranges narrow although a case that is closed moves to the other partition at another time.
"""

from __future__ import annotations

from django.db import migrations

ADD = """
alter table cases_event
    add column due_at timestamptz,
    add column stage_due_at timestamptz,
    add column class_kind text collate "C",
    add column class_code text collate "C";
create index cases_case_opened on cases_case using brin (opened_at timestamptz_minmax_multi_ops)
    with (pages_per_range = 32, autosummarize = on);
"""
UNDO = """
drop index cases_case_opened;
alter table cases_event drop column due_at, drop column stage_due_at, drop column class_kind, drop column class_code;
"""


class Migration(migrations.Migration):
    """Events that were written before have no clocks; the statistics say so where it matters."""

    dependencies = [("cases", "0005_imported")]
    operations = [migrations.RunSQL(ADD, UNDO)]
