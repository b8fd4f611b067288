-- Cases that a unit had in hand, the newest first: their times, and the limit and deadline that they had.
select c.number, c.tier, c.unit_id, c.dispatched_at, c.finished_at, c.due_at, c.limit_value, c.limit_unit
from cases_case c
where c.opened_at >= %(since)s and c.dispatched_at is not null and c.due_at is not null and c.limit_value is not null and c.limit_unit is not null
    and {which}
order by c.opened_at desc, c.id desc
limit %(most)s
