-- One statement: the key, its owner, its limits and the owner's integrator grants valid now. Parameters: token_hash, now.
select k.person_id, k.name, p.language, k.id, k.scopes, k.area, k.rate_per_minute, ku.path,
       {grants}
  from identity_api_key k
  join identity_person p on p.id = k.person_id and p.active
  left join identity_unit ku on ku.id = k.unit_id
 where k.token_hash = %(token_hash)s
   and k.revoked_at is null
   and (k.valid_to is null or k.valid_to > %(now)s)
