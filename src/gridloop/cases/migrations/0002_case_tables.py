"""The case, its history and what stands beside them, by hand: partitions, a constraint on deadlines, append-only events."""

from __future__ import annotations

from django.db import migrations

CASE = """
create sequence cases_case_id;

create table cases_case (
    id bigint not null default nextval('cases_case_id'),
    opened_at timestamptz not null,
    changed_at timestamptz not null,
    due_at timestamptz,
    stage_due_at timestamptz,
    dispatched_at timestamptz,
    finished_at timestamptz,
    closed_at timestamptz,
    paused_at timestamptz,
    until_at timestamptz,
    lon double precision not null,
    lat double precision not null,
    limit_value double precision,
    unit_id bigint,
    reporter_id bigint,
    handler_id bigint,
    handler_unit_id bigint,
    parent_id bigint,
    merged_into bigint,
    version integer not null default 1,
    seq integer not null default 1,
    paused_s integer not null default 0,
    rule_no smallint,
    returns smallint not null default 0,
    reworks smallint not null default 0,
    delays smallint not null default 0,
    suspensions smallint not null default 0,
    disputes smallint not null default 0,
    urges smallint not null default 0,
    level smallint not null default 0,
    reports smallint not null default 1,
    rating smallint,
    synthetic boolean not null default false,
    ruled boolean not null default false,
    guessed boolean not null default false,
    state text collate "C" not null,
    number text collate "C" not null,
    place text collate "C" not null,
    grid text collate "C" not null default '',
    class_kind text collate "C",
    class_code text collate "C",
    urgency text collate "C" not null default 'normal',
    tier text collate "C" not null default 'B',
    limit_unit text collate "C",
    source text collate "C" not null,
    component text collate "C",
    state_before text collate "C",
    photo text collate "C",
    past_units bigint[] not null default '{}',
    title text not null default '',
    text text not null,
    address text not null default '',
    asked jsonb not null default '{}',
    routing jsonb not null default '{}',
    geom geometry(Point, 3857) not null,
    constraint cases_case_open_has_deadline check (
        state in ('closed', 'rejected', 'withdrawn', 'merged', 'voided') or (due_at is not null and stage_due_at is not null)
    ),
    constraint cases_case_dispatched_has_owner check (
        state not in ('dispatched', 'handling', 'delay_asked', 'suspend_asked', 'suspended', 'checking', 'checked') or unit_id is not null
    ),
    constraint cases_case_rating_is_stars check (rating between 1 and 5)
) partition by list (state);
create table cases_case_open partition of cases_case for values in (
    'reported', 'verifying', 'unfounded', 'registered', 'filed', 'dispatched', 'returned', 'arbitration', 'handling',
    'delay_asked', 'suspend_asked', 'suspended', 'checking', 'checked', 'disputed'
) with (fillfactor = 60);
create table cases_case_closed partition of cases_case for values in ('closed', 'rejected', 'withdrawn', 'merged', 'voided')
    with (fillfactor = 60);
create unique index cases_case_open_id on cases_case_open (id);
create unique index cases_case_closed_id on cases_case_closed (id);
create index cases_case_number on cases_case (number);
create index cases_case_unit on cases_case (unit_id, id);
create index cases_case_place on cases_case (place, id);
create index cases_case_class on cases_case (class_code, class_kind, id);
create index cases_case_due on cases_case (due_at, id);
create index cases_case_place4 on cases_case ((left(place, 4)), id);
create index cases_case_place6 on cases_case ((left(place, 6)), id);
create index cases_case_place9 on cases_case ((left(place, 9)), id);
create index cases_case_place12 on cases_case ((left(place, 12)), id);
create index cases_case_closed_place6_class on cases_case_closed ((left(place, 6)), class_code, class_kind, id);
create index cases_case_parent on cases_case (parent_id) where parent_id is not null;
create index cases_case_reporter on cases_case (reporter_id, id) where reporter_id is not null;
create index cases_case_past_units on cases_case using gin (past_units) where past_units <> '{}';
create index cases_case_open_geom on cases_case_open using gist (geom);
create index cases_case_closed_geom on cases_case_closed using gist (geom);

create table cases_text (
    case_id bigint primary key,
    tokens integer[] not null
);
create index cases_text_tokens on cases_text using gin (tokens) with (fastupdate = off);
"""

BESIDE = """
create table cases_event (
    case_id bigint not null,
    at timestamptz not null,
    by_id bigint,
    grant_id bigint,
    unit_id bigint,
    seq integer not null,
    verb text collate "C" not null,
    from_state text collate "C",
    to_state text collate "C" not null,
    duty text collate "C" not null default '',
    by_name text not null default '',
    note text not null default '',
    photos text[] not null default '{}',
    fields jsonb not null default '{}',
    primary key (case_id, seq)
);
create function cases_event_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the history of a case is append-only' using errcode = 'restrict_violation';
end $$;
create trigger cases_event_append_only before update or delete on cases_event
    for each row execute function cases_event_is_append_only();
create trigger cases_event_no_truncate before truncate on cases_event
    for each statement execute function cases_event_is_append_only();

create table cases_idempotency (
    who text collate "C" not null,
    key text collate "C" not null,
    body_hash bytea not null,
    case_id bigint not null,
    version integer not null,
    at timestamptz not null,
    primary key (who, key)
);
create index cases_idempotency_at on cases_idempotency using brin (at);

create table cases_reporter (
    id bigint generated always as identity primary key,
    case_id bigint not null,
    person_id bigint,
    at timestamptz not null,
    name text not null default '',
    contact text not null default '',
    language text not null default 'zh',
    secret_hash bytea
);
create index cases_reporter_case on cases_reporter (case_id);
create index cases_reporter_person on cases_reporter (person_id, case_id) where person_id is not null;
"""

MASTERS = (
    "class",
    "filing_rule",
    "stage_limit",
    "area_tier",
    "calendar",
    "calendar_day",
    "working_hours",
    "routing_rule",
    "escalation_rule",
    "return_rule",
    "refusal_reason",
    "suspend_reason",
    "answer_template",
)
VERSION = """
insert into cases_masters_version (id, number) values (1, 1);
create function cases_masters_changed() returns trigger language plpgsql as $$
begin
    update cases_masters_version set number = number + 1;
    return null;
end $$;
""" + "".join(  # noqa: S608 - names of our own tables
    f"create trigger cases_{name}_changed after insert or update or delete on cases_{name}"
    " for each statement execute function cases_masters_changed();\n"
    for name in MASTERS
)
UNDO = """
drop table if exists cases_case, cases_text, cases_event, cases_idempotency, cases_reporter cascade;
drop sequence if exists cases_case_id;
drop function if exists cases_event_is_append_only, cases_masters_changed cascade;
delete from cases_masters_version;
"""


class Migration(migrations.Migration):
    """Needs the places functions that intake asks."""

    dependencies = [("cases", "0001_masters"), ("places", "0002_functions")]
    operations = [migrations.RunSQL(CASE + BESIDE + VERSION, UNDO)]
