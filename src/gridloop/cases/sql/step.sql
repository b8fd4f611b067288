-- A step in one statement: the case if nobody was faster, key, event, ledger entry, what is to be told, and a filing to be looked at for recurrence.
with moved as (
    update cases_case set
        state = %(state)s, version = %(version)s, seq = %(seq)s, class_kind = %(class_kind)s, class_code = %(class_code)s,
        rule_no = %(rule_no)s, urgency = %(urgency)s, tier = %(tier)s, limit_value = %(limit_value)s, limit_unit = %(limit_unit)s,
        component = %(component)s, unit_id = %(unit_id)s, past_units = %(past_units)s, handler_id = %(handler_id)s, handler_unit_id = %(handler_unit_id)s,
        due_at = %(due_at)s, stage_due_at = %(stage_due_at)s, dispatched_at = %(dispatched_at)s, finished_at = %(finished_at)s,
        closed_at = %(closed_at)s, paused_at = %(paused_at)s, paused_s = %(paused_s)s, until_at = %(until_at)s, returns = %(returns)s,
        reworks = %(reworks)s, delays = %(delays)s, suspensions = %(suspensions)s, disputes = %(disputes)s, urges = %(urges)s,
        level = %(level)s, ruled = %(ruled)s, rating = %(rating)s, merged_into = %(merged_into)s,
        state_before = %(state_before)s, asked = %(asked)s::text::jsonb, routing = %(routing)s::text::jsonb, guessed = %(guessed)s, changed_at = %(now)s
    where id = %(id)s and state = %(from_state)s and version = %(from_version)s
    returning id
), keyed as (
    insert into cases_idempotency (who, key, body_hash, case_id, version, at)
    select %(who)s, %(key)s, %(body_hash)s, id, %(version)s, %(now)s from moved where %(key)s <> ''
), event as (
    insert into cases_event (case_id, seq, at, verb, from_state, to_state, by_id, by_name, duty, grant_id, unit_id, note, photos, fields, due_at, stage_due_at, class_kind, class_code)
    select id, %(seq)s, %(now)s, %(verb)s, %(from_state)s, %(state)s, %(by_id)s, %(by_name)s, %(duty)s, %(grant_id)s,
           %(event_unit)s, %(note)s, %(photos)s, %(fields)s::text::jsonb, %(due_at)s, %(stage_due_at)s, %(class_kind)s, %(class_code)s
    from moved
), ledger as (
    insert into audit_pending (at, actor_id, action, subject, area, unit_id, looked, body)
    select %(now)s, %(by_id)s, %(ledger_action)s, %(ledger_subject)s, %(place)s, %(event_unit)s, false, %(ledger_body)s from moved
), telling as (
    insert into cases_telling (case_id, seq, at) select id, %(seq)s, %(now)s from moved where %(tell)s
), filed as (
    insert into cases_filing (component, case_id, at) select %(component)s, id, %(now)s from moved where %(filed)s
)
select id from moved
