-- One statement: the session, its person and the grants valid now. Parameters: token_hash, now.
select s.person_id, p.name, p.language, s.via, s.last_seen_at, s.expires_at,
       {grants}
  from identity_session s
  join identity_person p on p.id = s.person_id and p.active
 where s.token_hash = %(token_hash)s
   and s.expires_at > %(now)s
