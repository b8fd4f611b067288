-- The lives that have ended, in order, each with the pool of spots it may have happened at: those of its township, for a component those of its subclass.
create temporary table cases_again_pool as
select left(place, 9) as pool, row_number() over (partition by left(place, 9) order by md5(spot::text)) as at, spot from cases_again_spot
union all
select left(place, 9) || ':' || subclass, row_number() over (partition by left(place, 9), subclass order by md5(spot::text)), spot
from cases_again_spot where component is not null;
create unique index on cases_again_pool (pool, at);
create temporary table cases_again_life as
select c.*, row_number() over (order by c.opened_at, c.id) as n, coalesce(fine.pool, coarse.pool) as pool, coalesce(fine.size, coarse.size) as pool_size
from cases_case_closed c
left join (select pool, count(*) as size from cases_again_pool group by pool) coarse on coarse.pool = left(c.place, 9) and c.class_kind is distinct from 'component'
left join (select pool, count(*) as size from cases_again_pool group by pool) fine
    on c.class_kind = 'component' and fine.pool = left(c.place, 9) || ':' || left(c.class_code, 4)
where c.opened_at >= %(since)s and c.opened_at < %(until)s and c.state in ('closed', 'rejected', 'withdrawn') and c.parent_id is null
order by n;
create unique index on cases_again_life (id);
create temporary table cases_again_event as
select e.*, life.n from cases_event e join cases_again_life life on life.id = e.case_id order by life.n, e.seq
