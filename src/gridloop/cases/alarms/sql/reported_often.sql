-- Open cases of the last hours that many people reported. Parameters: reports, since, most.
select c.number, c.title, c.place, c.unit_id, c.lon, c.lat, c.reports, c.opened_at,
       c.class_kind, c.class_code
from cases_case_open c
where c.reports >= %(reports)s and c.opened_at >= %(since)s
order by c.reports desc, c.id desc
limit %(most)s
