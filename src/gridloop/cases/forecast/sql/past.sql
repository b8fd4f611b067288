-- Events that touch a case's unit or deadline: of every case that a unit has, and of the newest ones that are over; case by case, in their order.
with cohort as (
    select id, class_kind, class_code, urgency, tier, limit_unit, source, synthetic from cases_case_open where dispatched_at is not null
    union all
    (select id, class_kind, class_code, urgency, tier, limit_unit, source, synthetic from cases_case_closed
    where opened_at >= %(since)s and dispatched_at is not null order by id desc limit %(most)s)
)
select e.case_id, extract(epoch from e.at)::float8, e.verb, e.to_state, e.unit_id, extract(epoch from e.due_at)::float8,
    c.class_kind || ':' || c.class_code, c.urgency, c.tier, coalesce(c.limit_unit, ''), c.source, c.synthetic
from cohort c join cases_event e on e.case_id = c.id
where (e.to_state = any(%(in_hand)s) or e.from_state = any(%(in_hand)s)) and e.verb <> all(%(quiet)s) and e.at <= %(now)s
    and c.class_code is not null
order by e.case_id, e.seq
