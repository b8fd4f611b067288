-- The case itself and every case that stands behind it by merging, through however many merges, nearest first.
with recursive behind as (
    select %(case_id)s::bigint as case_id, null::bigint as into_id, null::timestamptz as at, 0 as depth
    union all
    select l.case_id, l.into_id, l.at, behind.depth + 1
    from cases_link l join behind on l.into_id = behind.case_id
    where l.undone_at is null and behind.depth < 20
)
select behind.case_id, c.number, behind.into_id, behind.at
from behind join cases_case c on c.id = behind.case_id
order by behind.depth, behind.case_id
limit %(most)s
