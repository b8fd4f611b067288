-- Exact names first, then beginnings, then parts; wide areas before narrow ones, short names before long ones.
with found as (
    (select * from places_searchentry where name_zh >= %(asked)s and name_zh < %(asked)s || chr(1114111) limit %(most)s)
    union
    (select * from places_searchentry where pinyin >= %(asked)s and pinyin < %(asked)s || '~' and %(latin)s limit %(most)s)
    union
    (select * from places_searchentry where initials >= %(asked)s and initials < %(asked)s || '~' and %(latin)s limit %(most)s)
    union
    (select * from places_searchentry where code >= %(asked)s and code < %(asked)s || '~' and %(digits)s limit %(most)s)
    union
    (select * from places_searchentry where tokens @> %(tokens)s::text[] and cardinality(%(tokens)s::text[]) > 0 limit %(most)s)
)
select found.kind, found.code, found.name_zh, found.name_en, coalesce(within.name_zh, ''), coalesce(within.name_en, ''),
       st_x(found.centre), st_y(found.centre), found.area, found.now_code
from found
left join places_division within
  on within.valid_to is null
 and within.area = case when found.kind in ('division', 'former') then left(found.area, case length(found.area)
                        when 12 then 9 when 9 then 6 when 6 then 4 when 4 then 2 else 0 end) else found.area end
order by case when %(asked)s in (found.code, found.name_zh, found.pinyin, lower(found.name_en)) then 0
              when starts_with(found.code, %(asked)s) or starts_with(found.name_zh, %(asked)s)
                or starts_with(found.pinyin, %(asked)s) then 1
              when starts_with(found.initials, %(asked)s) then 2
              else 3 end,
         found.kind = 'former', found.weight, length(found.name_zh), found.code, found.name_zh, found.id
limit %(limit)s
