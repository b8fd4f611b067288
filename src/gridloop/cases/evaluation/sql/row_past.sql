-- Where each case of the period stood at a position of the ledger, from its history alone: only what never changes is read from the row.
select c.id, c.number, c.opened_at, c.place, c.lon, c.lat, c.source,
    case when last.verb = 'return' or (last.verb = 'take_back' and last.to_state in ('filed', 'returned')) then null else last.unit_id end as unit_id,
    coalesce(last.class_kind, case when last.due_at is null then c.class_kind end) as class_kind,
    coalesce(last.class_code, case when last.due_at is null then c.class_code end) as class_code,
    last.to_state as state, coalesce(last.due_at, c.due_at) as due_at,
    case when past.finished_seq > coalesce(past.undone_seq, 0) then past.finished_at end as finished_at,
    past.dispatched_at, past.reworks, past.suspensions, past.rating
from cases_case c
left join later on later.number = c.number
cross join lateral (
    select max(e.seq) as last_seq,
        max(e.seq) filter (where e.verb in ('finish', 'self_handle')) as finished_seq,
        max(e.at) filter (where e.verb in ('finish', 'self_handle')) as finished_at,
        max(e.seq) filter (where e.verb in ('fail', 'send_back') or (e.verb = 'reopen' and e.to_state = 'dispatched')) as undone_seq,
        min(e.at) filter (where (e.verb = 'dispatch' and not exists (
            select from cases_event t where t.case_id = e.case_id and t.seq = e.seq + 1 and t.verb = 'take_back'
                and (later.version is null or t.seq < later.version)
        )) or (e.verb = 'report' and e.to_state = 'dispatched')) as dispatched_at,
        (count(*) filter (where e.verb in ('fail', 'send_back') or (e.verb = 'reopen' and e.to_state = 'dispatched')))::int as reworks,
        (count(*) filter (where e.verb = 'grant_suspend'))::int as suspensions,
        (max(array[e.seq, (e.fields ->> 'rating')::int]) filter (where e.verb = 'rate'))[2] as rating
    from cases_event e where e.case_id = c.id and (later.version is null or e.seq < later.version)
) past
join cases_event last on last.case_id = c.id and last.seq = past.last_seq
where c.opened_at >= %(since)s and c.opened_at < %(until)s and {place} {changed}
