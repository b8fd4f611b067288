-- Move pending rows to their positions. Parameters: ids in order; leaves, all of 32 bytes, in one string (an array of 20,000 byte
-- strings takes PostgreSQL a second to take apart); first position; at; and for the few entries about people their place in
-- the order (people_at) and ids as array literals (people).
with given as (
    select g.id, g.n from unnest(%(ids)s::bigint[]) with ordinality as g (id, n)
), named as (
    select h.n, h.people::bigint[] as people from unnest(%(people_at)s::bigint[], %(people)s::text[]) as h (n, people)
), moved as (
    delete from audit_pending p using given g where p.id = g.id
    returning g.n, p.at, p.actor_id, p.action, p.subject, p.area, p.unit_id, p.looked, p.body
)
insert into audit_entry (position, at, sequenced_at, actor_id, action, subject, area, unit_id, looked, people, body, leaf)
select %(first)s + m.n - 1, m.at, %(at)s, m.actor_id, m.action, m.subject, m.area, m.unit_id, m.looked,
       named.people, m.body, substring(%(leaves)s::bytea from (m.n::int - 1) * 32 + 1 for 32)
  from moved m
  left join named on named.n = m.n
