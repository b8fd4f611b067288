-- Open cases by state within a scope: all, due until the end of the day, late, with a stopped clock, waiting for the person's own duty.
select c.state, count(*),
       count(*) filter (where c.due_at between %(now)s and %(midnight)s and c.finished_at is null and c.paused_at is null),
       count(*) filter (where c.due_at < coalesce(c.finished_at, %(now)s) and c.paused_at is null),
       count(*) filter (where c.paused_at is not null),
       count(*) filter (where {mine})
from cases_case_open c
where {scope}
group by c.state
