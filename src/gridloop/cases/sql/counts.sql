-- Open cases by state within a scope.
select c.state, count(*),
       count(*) filter (where least(c.due_at, c.stage_due_at) between %(now)s and %(soon)s and c.paused_at is null),
       count(*) filter (where c.due_at < coalesce(c.finished_at, %(now)s) and c.paused_at is null),
       count(*) filter (where c.paused_at is not null),
       count(*) filter (where c.state = any(%(mine)s))
from cases_case c
where c.state = any(%(states)s) and ({scope})
group by c.state
