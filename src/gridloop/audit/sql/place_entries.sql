-- Move pending rows to their positions. Parameters: ids, leaves, people (array literals or null), first, at.
with given as (
    select g.id, g.leaf, g.people, g.n
      from unnest(%(ids)s::bigint[], %(leaves)s::bytea[], %(people)s::text[]) with ordinality as g (id, leaf, people, n)
), moved as (
    delete from audit_pending p using given g where p.id = g.id
    returning p.id, p.at, p.actor_id, p.action, p.subject, p.area, p.unit_id, p.looked, p.body
)
insert into audit_entry (position, at, sequenced_at, actor_id, action, subject, area, unit_id, looked, people, body, leaf)
select %(first)s + g.n - 1, m.at, %(at)s, m.actor_id, m.action, m.subject, m.area, m.unit_id, m.looked,
       g.people::bigint[], m.body, g.leaf
  from given g
  join moved m on m.id = g.id
 order by g.n
