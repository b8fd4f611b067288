-- The newest cases with a class, and what routing asks of them.
select c.number, c.title, c.place, c.class_kind, c.class_code, (c.routing ->> 'owner_unit')::bigint
from cases_case c
where c.opened_at >= %(since)s and c.class_code is not null and {which}
order by c.opened_at desc, c.id desc
limit %(most)s
