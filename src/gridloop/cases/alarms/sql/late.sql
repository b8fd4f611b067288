-- Open cases that have climbed to a level of the ladder and still wait, the highest and oldest first. Parameters: level, cases.
select c.number, c.title, c.place, c.unit_id, c.lon, c.lat, c.level, c.urgency, c.due_at, c.stage_due_at,
       c.class_kind, c.class_code
from cases_case_open c
where c.level >= %(level)s and c.paused_at is null
order by c.level desc, c.due_at
limit %(cases)s
