-- The failures of a component that were filed within a window and stand, oldest first.
select c.id, c.number, c.synthetic, filed.at
from cases_case c
join lateral (select max(e.at) as at from cases_event e where e.case_id = c.id and e.verb = 'file') filed
    on filed.at > %(since)s and filed.at <= %(until)s
where c.component = %(code)s and c.opened_at > %(reported_since)s and c.source <> %(recurrence)s and c.state <> all(%(not_filed)s)
order by filed.at, c.id
limit %(most)s
