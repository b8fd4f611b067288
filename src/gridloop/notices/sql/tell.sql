-- One statement: the notices, their deliveries and the jobs that send them. A key that was told before changes nothing.
-- Who has chosen a digest gets e-mails of ordinary kinds in it and not singly, as long as a grant makes sure that the digest comes.
-- Whatever rings the bell also goes to the browsers of the person that asked for pushes, one delivery each.
-- people: bigint[]; titles, texts, params and key the same for all; each person's key is `key:person`.
with told as (
    insert into notices_notice (person_id, kind, subject, title_zh, title_en, text_zh, text_en, params, on_bell, key)
    select p.person_id, %(kind)s, %(subject)s, %(title_zh)s, %(title_en)s, %(text_zh)s, %(text_en)s, %(params)s::jsonb, %(on_bell)s,
           %(key)s || ':' || p.person_id
    from (select distinct unnest(%(people)s::bigint[]) as person_id) p
    on conflict (key) do nothing
    returning id, person_id, key
),
outward as (
    insert into notices_delivery (notice_id, channel, key)
    select told.id, c.channel, told.key || ':' || c.channel
    from told
    cross join unnest(%(channels)s::text[]) c(channel)
    left join notices_preference p on p.person_id = told.person_id
    where p.person_id is null or %(always)s or not (
        c.channel = any(p.muted_channels) or %(kind)s = any(p.muted_kinds)
        or (c.channel = 'email' and p.digest <> '' and not %(singly)s and exists (
            select from identity_grant g
            where g.person_id = p.person_id and g.revoked_at is null and g.valid_from <= now() and (g.valid_to is null or g.valid_to > now())
        ))
    )
    returning id
),
pushed as (
    insert into notices_delivery (notice_id, channel, subscription_id, key)
    select told.id, 'push', s.id, told.key || ':push:' || s.id
    from told
    join notices_push s on s.person_id = told.person_id
    left join notices_preference p on p.person_id = told.person_id
    where %(on_bell)s and (p.person_id is null or %(always)s or not ('push' = any(p.muted_channels) or %(kind)s = any(p.muted_kinds)))
    returning id
)
select procrastinate_defer_jobs_v1(array_agg(
    row('notices', 'notices.deliver', 0, null, null, jsonb_build_object('delivery_id', outward.id), null)::procrastinate_job_to_defer_v1
))
from (select id from outward union all select id from pushed) outward
having count(*) > 0
