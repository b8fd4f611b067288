-- The same over a wide box, from the counted squares of one zoom: a range of columns and rows.
select coalesce(sum(n), 0)::int, coalesce(sum(broken), 0)::int,
       coalesce(sum(n01), 0)::int, coalesce(sum(n02), 0)::int, coalesce(sum(n03), 0)::int, coalesce(sum(n04), 0)::int, coalesce(sum(n05), 0)::int
from places_componentcluster
where zoom = %(zoom)s and "column" between %(left)s and %(right)s and row between %(top)s and %(bottom)s
  and (%(areas)s::text[] is null or county6 like any (%(areas)s))
