-- The history of one case, as far as taking back its last step needs it.
select e.verb, e.by_id, e.at, e.from_state, e.to_state, e.due_at, e.stage_due_at, e.class_kind, e.class_code, (e.fields ->> 'rule')::int
from cases_event e where e.case_id = %(case_id)s and e.seq <= %(seq)s
order by e.seq
