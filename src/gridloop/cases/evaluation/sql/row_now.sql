-- Where each case of the period stands now, from its row.
select c.id, c.number, c.opened_at, c.place, c.lon, c.lat, c.source, c.unit_id, c.class_kind, c.class_code, c.state, c.due_at, c.finished_at, c.dispatched_at,
    c.reworks::int as reworks, c.suspensions::int as suspensions, c.rating::int as rating
from cases_case c
where c.opened_at >= %(since)s and c.opened_at < %(until)s and {place} {changed}
