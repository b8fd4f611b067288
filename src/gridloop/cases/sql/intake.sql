-- What a new report needs to know: its number, place, nearest component, the masters' stamp, what the key was used for.
select nextval('cases_case_id'), place.cell, place.grid, place.place, near.code, near.owner_unit,
       m.number, m.xmin::text::bigint, k.body_hash, k.case_id, k.version
from (select 1) always
left join cases_masters_version m on m.id = 1
left join places_at(%(lon)s, %(lat)s) place on true
left join places_nearest_component(%(lon)s, %(lat)s, %(subclass)s, 50) near on %(subclass)s <> ''
left join cases_idempotency k on k.who = %(who)s and k.key = %(key)s and %(key)s <> ''
