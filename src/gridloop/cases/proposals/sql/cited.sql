-- How often a reason was cited with the newest cases.
select count(*)::int
from (select id from cases_case where opened_at >= %(since)s order by opened_at desc, id desc limit %(most)s) c
join cases_event e on e.case_id = c.id and e.verb = %(verb)s and e.fields ->> %(field)s = %(code)s
