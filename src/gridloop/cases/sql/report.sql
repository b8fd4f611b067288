-- A report in one statement: key, case, words, reporter, event, photos, ledger entry, and what is to be told.
with keyed as (
    insert into cases_idempotency (who, key, body_hash, case_id, version, at)
    select %(who)s, %(key)s, %(body_hash)s, %(id)s, 1, %(now)s where %(key)s <> ''
    on conflict do nothing
    returning 1
), fresh as (
    select where %(key)s = '' or exists (select from keyed)
), kept as (
    insert into cases_case (
        id, number, state, source, synthetic, title, text, address, lon, lat, geom, place, grid, component, class_kind, class_code,
        rule_no, urgency, tier, limit_value, limit_unit, reporter_id, parent_id, unit_id, opened_at, due_at, stage_due_at, dispatched_at, photo, routing,
        guessed, changed_at
    )
    select %(id)s, %(number)s, %(state)s, %(source)s, %(synthetic)s, %(title)s, %(text)s, %(address)s, %(lon)s, %(lat)s,
           st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 3857), %(place)s, %(grid)s, %(component)s, %(class_kind)s,
           %(class_code)s, %(rule_no)s, %(urgency)s, %(tier)s, %(limit_value)s, %(limit_unit)s, %(reporter_id)s, %(parent_id)s,
           %(unit_id)s, %(opened_at)s, %(due_at)s, %(stage_due_at)s, %(dispatched_at)s, %(photo)s, %(routing)s::text::jsonb, %(guessed)s, %(now)s
    from fresh
    returning id
), words as (
    insert into cases_text (case_id, tokens) select id, %(tokens)s from kept
), reporter as (
    insert into cases_reporter (case_id, person_id, at, name, contact, language, secret_hash)
    select id, %(reporter_id)s, %(now)s, %(reporter_name)s, %(contact)s, %(language)s, %(secret_hash)s from kept where %(has_reporter)s
), event as (
    insert into cases_event (case_id, seq, at, verb, to_state, by_id, by_name, duty, grant_id, unit_id, note, photos, fields, due_at, stage_due_at, class_kind, class_code)
    select id, 1, %(now)s, %(verb)s, %(state)s, %(by_id)s, %(by_name)s, %(duty)s, %(grant_id)s, %(unit_id)s, %(note)s, %(photos)s, %(fields)s::text::jsonb,
           %(due_at)s, %(stage_due_at)s, %(class_kind)s, %(class_code)s from kept
), ledger as (
    insert into audit_pending (at, actor_id, action, subject, area, unit_id, looked, body)
    select %(now)s, %(by_id)s, %(ledger_action)s, %(ledger_subject)s, %(place)s, %(unit_id)s, false, %(ledger_body)s from kept
), telling as (
    insert into cases_telling (case_id, seq, at) select id, 1, %(now)s from kept where %(tell)s
)
select id from kept
