-- The newest cases of a piece of the map, gathered into squares: where there is one, its number; else how many, and the most pressing.
select avg(lon), avg(lat), count(*)::int, max(weight),
       case when count(*) = 1 then min(number) else '' end, case when count(*) = 1 then min(title) else '' end,
       case when count(*) = 1 then min(class_kind) end, case when count(*) = 1 then min(class_code) end
from (
    select c.geom, c.lon, c.lat, c.number, c.title, c.class_kind, c.class_code,
           case when c.state = 'closed' then 1 when c.closed_at is not null then 0
                else case c.urgency when 'emergency' then 5 when 'urgent' then 4 when 'normal' then 3 else 2 end end as weight
    from {table} c
    where {where} and ({scope})
    order by c.id desc
    limit %(most)s
) found
group by floor(st_x(geom) / %(side_m)s), floor(st_y(geom) / %(side_m)s)
order by 4, 3
