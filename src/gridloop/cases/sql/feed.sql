-- What happened to cases after a position of the ledger, up to another, with where each case stands now: for the live feed and its polling twin.
-- Looks are left out, and so is everything personal. Parameters: after, until, limit.
select e.position, e.at, e.action, c.number, c.version, c.state, c.urgency, c.place, c.unit_id, c.lon, c.lat, c.due_at, c.stage_due_at,
       coalesce(u.path, ''),
       coalesce((select array_agg(past.path) from identity_unit past where past.id = any(c.past_units)), '{}'),
       coalesce((select array_agg(r.person_id) from cases_reporter r where r.case_id = c.id and r.person_id is not null), '{}')
from audit_entry e
cross join lateral (
    select * from cases_case one where one.number = substr(e.subject, 6) order by one.id desc limit 1
) c
left join identity_unit u on u.id = c.unit_id
where e.position > %(after)s and e.position <= %(until)s and not e.looked and e.subject like 'case:%%'
order by e.position
limit %(limit)s
