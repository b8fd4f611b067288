-- What moved the deadlines of these cases: into and out of the states in which the clock stands, delays granted, reopened after a dispute.
select e.case_id, e.at, e.verb, coalesce(e.from_state, ''), e.to_state,
    case when e.verb = 'grant_delay' then coalesce((
        select (a.fields ->> 'hours')::float8 from cases_event a where a.case_id = e.case_id and a.seq < e.seq and a.verb = 'ask_delay' order by a.seq desc limit 1
    ), 0) else 0 end
from cases_event e
where e.case_id = any(%(ids)s::bigint[])
    and (e.verb in ('grant_delay', 'reopen') or (coalesce(e.from_state, '') = any(%(paused)s)) <> (e.to_state = any(%(paused)s)))
order by e.case_id, e.seq
