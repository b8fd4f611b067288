-- Cases that were open at a moment, as they stood then: those that have not changed since stand as their row says,
-- the others as the last event before the moment says. Cases that ended since are found by when they were closed.
-- Parameters: moment, open, and those of the scope.
with reached as (
    select c.id, c.state, c.changed_at, c.finished_at, c.unit_id, c.due_at, c.stage_due_at, c.class_kind, c.class_code, c.urgency, c.lon, c.lat, c.number
    from cases_case_open c
    where c.opened_at <= %(moment)s and ({scope})
    union all
    select c.id, c.state, c.changed_at, c.finished_at, c.unit_id, c.due_at, c.stage_due_at, c.class_kind, c.class_code, c.urgency, c.lon, c.lat, c.number
    from cases_case_closed c
    where c.closed_at > %(moment)s and c.opened_at <= %(moment)s and ({scope})
)
select c.id, c.number, coalesce(last.to_state, c.state),
       case when last.to_state is null then c.unit_id when last.verb = 'return' or last.to_state in ('filed', 'returned') then null else last.unit_id end,
       coalesce(last.due_at, c.due_at), coalesce(last.stage_due_at, c.stage_due_at),
       case when c.finished_at <= %(moment)s then c.finished_at end,
       coalesce(last.class_kind, c.class_kind), coalesce(last.class_code, c.class_code), c.urgency, c.lon, c.lat
from reached c
left join lateral (
    select e.to_state, e.verb, e.unit_id, e.due_at, e.stage_due_at, e.class_kind, e.class_code
    from cases_event e
    where c.changed_at > %(moment)s and e.case_id = c.id and e.at <= %(moment)s
    order by e.seq desc
    limit 1
) last on true
where coalesce(last.to_state, c.state) = any(%(open)s)
