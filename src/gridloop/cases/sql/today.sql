-- Reported and closed today within a scope; numbers begin with their day, so both counts read a day of the index, not the history.
select count(*), count(*) filter (where c.closed_at >= %(midnight)s)
from cases_case c
where c.number >= %(first)s and c.number < %(tomorrow)s and ({scope})
