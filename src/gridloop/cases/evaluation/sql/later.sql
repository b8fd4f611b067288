-- The first version of each case that the figures must not see: what the ledger placed after the cited position, or has not placed yet.
select substr(one.subject, 6) collate "C" as number, min((convert_from(one.body, 'UTF8')::jsonb #>> '{detail,version}')::int) as version
from ({entries}) one
where one.subject like 'case:%%' and not one.looked
group by 1
having min((convert_from(one.body, 'UTF8')::jsonb #>> '{detail,version}')::int) is not null
