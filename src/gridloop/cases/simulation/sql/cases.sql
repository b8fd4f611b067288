-- A page of the cases that were reported in the period, in the order of their ids; narrow columns only.
select c.id, c.number, c.title, c.place, c.class_kind, c.class_code, c.rule_no, c.opened_at, c.unit_id, c.state, c.dispatched_at, c.finished_at,
    c.closed_at, c.due_at, c.component, (c.routing ->> 'owner_unit')::bigint, c.paused_s > 0 or c.paused_at is not null or c.delays > 0 or c.disputes > 0
from cases_case c
where c.opened_at >= %(since)s and c.opened_at < %(until)s and c.id > %(after)s and {narrowed}
order by c.id
limit %(limit)s
