-- One statement: an active person and the grants valid now. Parameters: person_id, now.
select p.name, p.language,
       {grants}
  from identity_person p
 where p.id = %(person_id)s
   and p.active
