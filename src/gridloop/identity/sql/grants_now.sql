-- The grants of person p that are valid now, as the last column of a statement about a caller. Parameters: now.
(select json_agg(json_build_array(g.id, g.duty, g.area, g.unit_id, u.path) order by g.id)::text
   from identity_grant g
   left join identity_unit u on u.id = g.unit_id
  where g.person_id = p.id
    and g.revoked_at is null
    and g.valid_from <= %(now)s
    and (g.valid_to is null or g.valid_to > %(now)s)
    and (u.id is null or u.valid_to is null or u.valid_to > %(now)s))
