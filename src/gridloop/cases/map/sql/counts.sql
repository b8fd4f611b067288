-- The newest cases of a piece of the map by state and class, counted up to a limit.
select state, coalesce(class_kind, ''), coalesce(left(class_code, 2), ''), count(*)::int,
       (count(*) filter (where paused_at is null and due_at < coalesce(finished_at, %(now)s)))::int
from (
    select c.state, c.class_kind, c.class_code, c.paused_at, c.due_at, c.finished_at
    from {table} c
    where {where} and ({scope})
    order by c.id desc
    limit %(most)s
) found
group by 1, 2, 3
