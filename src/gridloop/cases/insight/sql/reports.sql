-- On which days reports came: of each place (patrols apart from the others), of each class, and by each collector.
-- One number a report, the day counted from the first one; days are the city's.
select grouping(r.place), grouping(r.class), grouping(r.person), r.place, r.patrol, r.class, r.person, array_agg(r.day)
from (
    select c.place, c.source = 'collector' as patrol, c.class_kind || ':' || c.class_code as class,
        (c.opened_at at time zone 'Asia/Shanghai')::date - %(first)s::date as day,
        case when c.source = 'collector' then (select e.by_id from cases_event e where e.case_id = c.id and e.seq = 1) end as person
    from cases_case c
    where c.opened_at >= %(since)s and c.opened_at < %(until)s and c.parent_id is null and {narrowed}
) r
group by grouping sets ((r.place, r.patrol), (r.class), (r.person))
