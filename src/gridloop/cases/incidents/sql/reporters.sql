-- Everybody who reported one of these cases, in the order in which they did; whether they joined it, and what the key of a telling is sealed from.
select r.id, r.case_id, r.person_id, r.contact, r.language, r.at,
       exists (select from cases_event e where e.case_id = r.case_id and e.verb = 'join' and (e.fields->>'reporter')::bigint = r.id)
from cases_reporter r
where r.case_id = any(%(cases)s)
order by r.id
limit %(most)s
