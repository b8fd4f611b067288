-- The first version of each case that the figures must not see: what the ledger placed after the cited position, or has not placed yet.
-- An import brings a whole history with one entry; before it there was no such case.
select said.number, min(case when said.action = 'case.import' then 1 else said.version end) as version
from (
    select substr(one.subject, 6) collate "C" as number, one.body ->> 'action' as action, (one.body #>> '{{detail,version}}')::int as version
    from (select subject, convert_from(body, 'UTF8')::jsonb as body from ({entries}) entry where subject like 'case:%%' and not looked) one
) said
where said.version is not null
group by 1
