-- Their histories; photos are not kept that long. The held ones lie in the order in which they are wanted.
insert into cases_event (
    case_id, at, by_id, grant_id, unit_id, seq, verb, from_state, to_state, duty, by_name, note, photos, fields, due_at, stage_due_at, class_kind,
    class_code
)
select
    %(first)s + n - 1, at - %(shift)s::interval, by_id, grant_id, unit_id, seq, verb, from_state, to_state, duty, by_name, note, '{}', fields, due_at -
    %(shift)s::interval, stage_due_at - %(shift)s::interval, class_kind, class_code
from cases_again_event
