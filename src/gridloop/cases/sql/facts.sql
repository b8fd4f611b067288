-- One case for a step: its facts, open children, whether the caller reported it, the masters' stamp, what the key was used for.
select {columns},
       (select count(*) from cases_case child where child.parent_id = c.id
           and child.state not in ('closed', 'rejected', 'withdrawn', 'merged', 'voided')),
       c.reporter_id = %(person)s::bigint
           or exists (select from cases_reporter r where r.case_id = c.id and r.person_id = %(person)s::bigint),
       m.number, m.xmin::text::bigint, k.body_hash, k.case_id
from cases_case c
join cases_masters_version m on m.id = 1
left join cases_idempotency k on k.who = %(who)s and k.key = %(key)s and %(key)s <> ''
where c.number = %(number)s
order by c.id desc
limit 1
