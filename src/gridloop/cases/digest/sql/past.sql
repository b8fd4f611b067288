-- What came in and what was closed in a period, by place and unit: reported, closed, closed within the limit.
-- Numbers begin with their day, so that the first part reads some days of an index; the second one is bounded by how long a case is looked back for.
select c.place, c.unit_id, count(*), 0::bigint, 0::bigint
from cases_case c
where c.number >= %(first)s and c.number < %(after)s
group by c.place, c.unit_id
union all
select c.place, c.unit_id, 0::bigint, count(*), count(*) filter (where c.due_at is null or coalesce(c.finished_at, c.closed_at) <= c.due_at)
from cases_case_closed c
where c.opened_at >= %(looked_back)s and c.opened_at < %(until)s
    and c.state = 'closed' and c.closed_at >= %(since)s and c.closed_at < %(until)s
group by c.place, c.unit_id
