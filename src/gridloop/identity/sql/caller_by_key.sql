-- One statement: the key, its owner, its limits and the owner's integrator grants valid now. Parameters: token_hash, now.
select k.person_id, k.name, p.language, k.id, k.scopes, k.area, k.rate_per_minute, ku.path,
       (select json_agg(json_build_array(g.id, g.duty, g.area, g.unit_id, u.path) order by g.id)::text
          from identity_grant g
          left join identity_unit u on u.id = g.unit_id
         where g.person_id = p.id
           and g.revoked_at is null
           and g.valid_from <= %(now)s
           and (g.valid_to is null or g.valid_to > %(now)s)
           and (u.id is null or u.valid_to is null or u.valid_to > %(now)s))
  from identity_api_key k
  join identity_person p on p.id = k.person_id and p.active
  left join identity_unit ku on ku.id = k.unit_id
 where k.token_hash = %(token_hash)s
   and k.revoked_at is null
   and (k.valid_to is null or k.valid_to > %(now)s)
