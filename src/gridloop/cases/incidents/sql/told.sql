-- What of these cases is told to reporters at a stage.
select e.case_id, e.seq, e.verb, e.at
from cases_event e
where e.case_id = any(%(cases)s) and e.verb = any(%(verbs)s)
order by e.at, e.case_id, e.seq
