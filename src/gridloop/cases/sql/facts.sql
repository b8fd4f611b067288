-- One case for a step: its facts, open children, the component that a named class would bind it to, whether the caller reported it, the masters' stamp, what the key was used for.
select {columns},
       (select count(*) from cases_case child where child.parent_id = c.id
           and child.state not in ('closed', 'rejected', 'withdrawn', 'merged', 'voided')),
       c.reporter_id = %(person)s::bigint
           or exists (select from cases_reporter r where r.case_id = c.id and r.person_id = %(person)s::bigint),
       m.number, m.xmin::text::bigint, k.body_hash, k.case_id, near.code, near.owner_unit
from (select * from cases_case where number = %(number)s order by id desc limit 1) c  -- chosen first: with the order outside, both parts were asked by parallel workers, 10 ms
join cases_masters_version m on m.id = 1
left join lateral places_nearest_component(
    case when %(snap)s and (%(subclass)s <> '' or (c.class_kind = 'component' and c.component is null)) then c.lon end,  -- nowhere is found at once
    c.lat, coalesce(nullif(%(subclass)s, ''), c.class_code), 50
) near on true
left join cases_idempotency k on k.who = %(who)s and k.key = %(key)s and %(key)s <> ''
