-- One more reporter of an open case, in one statement: the case if nobody was faster, key, reporter, event, ledger entry.
with moved as (
    update cases_case set reports = reports + 1, version = version + 1, seq = seq + 1, changed_at = %(now)s
    where id = %(id)s and state = %(state)s and version = %(version)s
    returning id, seq, version, due_at, stage_due_at, class_kind, class_code
), keyed as (
    insert into cases_idempotency (who, key, body_hash, case_id, version, at)
    select %(who)s, %(key)s, %(body_hash)s, id, version, %(now)s from moved where %(key)s <> ''
), reporter as (
    insert into cases_reporter (case_id, person_id, at, name, contact, language, secret_hash)
    select id, %(reporter_id)s, %(now)s, %(reporter_name)s, %(contact)s, %(language)s, %(secret_hash)s from moved
    returning id
), event as (
    insert into cases_event (case_id, seq, at, verb, from_state, to_state, by_id, by_name, duty, unit_id, note, photos, fields, due_at, stage_due_at, class_kind, class_code)
    select moved.id, moved.seq, %(now)s, 'join', %(state)s, %(state)s, %(reporter_id)s, %(by_name)s, 'citizen', %(unit_id)s, %(note)s, %(photos)s,
           jsonb_build_object('source', %(source)s::text, 'distance_m', %(distance_m)s::float8, 'reporter', reporter.id),
           moved.due_at, moved.stage_due_at, moved.class_kind, moved.class_code
    from moved, reporter
), ledger as (
    insert into audit_pending (at, actor_id, action, subject, area, unit_id, looked, body)
    select %(now)s, %(by_id)s, %(ledger_action)s, %(ledger_subject)s, %(place)s, %(unit_id)s, false, %(ledger_body)s from moved
)
select version from moved
