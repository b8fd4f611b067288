-- Units whose late work is many cases and a large share of what they have. Parameters: now, late, share.
select c.unit_id, count(*) as open_cases,
       count(*) filter (where c.due_at < %(now)s and c.finished_at is null and c.paused_at is null) as late_cases
from cases_case_open c
where c.unit_id is not null
group by c.unit_id
having count(*) filter (where c.due_at < %(now)s and c.finished_at is null and c.paused_at is null) >= greatest(%(late)s, %(share)s * count(*))
order by late_cases desc
