-- Stays of the newest cases in a state (or in any): from when to when, whose, and the deadlines they had there.
select c.unit_id, e.at, n.at, e.stage_due_at, e.due_at, c.dispatched_at
from (select id, unit_id, dispatched_at from cases_case where opened_at >= %(since)s order by opened_at desc, id desc limit %(most)s) c
join cases_event e on e.case_id = c.id and e.from_state is distinct from e.to_state and {which}
left join lateral (
    select f.at from cases_event f where f.case_id = e.case_id and f.seq > e.seq and f.to_state <> e.to_state order by f.seq limit 1
) n on true
order by e.at desc
limit %(most)s
