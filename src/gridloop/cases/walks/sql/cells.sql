-- Reports of the last months and the last step of a collector in each of these cells.
select c.place, count(*) filter (where c.opened_at >= %(since)s), max(step.at)
from cases_case c
left join lateral (
    select max(e.at) as at from cases_event e
    where c.changed_at >= %(recent)s and e.case_id = c.id and e.at >= %(recent)s and e.duty = 'collector'
) step on true
where c.place = any(%(cells)s) and (c.opened_at >= %(since)s or c.changed_at >= %(recent)s)
group by c.place
