-- One statement: how many notices of each kind rang since the person's last digest, among the newest 1,000; without one, since a moment.
with newest as (
    select id, kind, created_at from notices_notice where person_id = %(person)s and on_bell order by id desc limit 1000
),
last_one as (
    select max(id) as id from newest where kind = %(digest)s
)
select newest.kind, count(*)
from newest
cross join last_one
where newest.kind <> %(digest)s
    and case when last_one.id is null then newest.created_at >= %(otherwise)s else newest.id > last_one.id end
group by newest.kind
order by count(*) desc, newest.kind
