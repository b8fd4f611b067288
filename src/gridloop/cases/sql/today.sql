-- Reported today within a scope, and closed of those; numbers begin with their day, so that this reads a day of the index.
select count(*), count(*) filter (where c.closed_at >= %(midnight)s)
from cases_case c
where c.number >= %(first)s and c.number < %(tomorrow)s and ({scope})
