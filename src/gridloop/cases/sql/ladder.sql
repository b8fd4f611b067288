-- Open cases whose step or whole deadline is near or past, with the rungs that were told already; a page by id.
select {columns}, coalesce((select array_agg(mark) from cases_escalation_mark k where k.case_id = c.id), '{}')
from cases_case c
where c.state = any(%(states)s) and c.id > %(after)s and least(c.due_at, c.stage_due_at) < %(soon)s
order by c.id
limit %(most)s
