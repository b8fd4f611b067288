-- One statement: the session, its person and the grants valid now. Parameters: token_hash, now.
select s.person_id, p.name, p.language, s.via, s.last_seen_at, s.expires_at,
       (select json_agg(json_build_array(g.id, g.duty, g.area, g.unit_id, u.path) order by g.id)::text
          from identity_grant g
          left join identity_unit u on u.id = g.unit_id
         where g.person_id = p.id
           and g.revoked_at is null
           and g.valid_from <= %(now)s
           and (g.valid_to is null or g.valid_to > %(now)s)
           and (u.id is null or u.valid_to is null or u.valid_to > %(now)s))
  from identity_session s
  join identity_person p on p.id = s.person_id and p.active
 where s.token_hash = %(token_hash)s
   and s.expires_at > %(now)s
