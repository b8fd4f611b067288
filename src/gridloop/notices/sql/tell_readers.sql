-- One statement: a notice for every browser that asked for pushes about what one of these readers follows, and the jobs that send them.
-- readers: text[]; each browser is told in the language it asked in.
with told as (
    insert into notices_notice (kind, subject, title_zh, title_en, text_zh, text_en, language, on_bell, key)
    select %(kind)s, %(subject)s, %(title_zh)s, %(title_en)s, %(text_zh)s, %(text_en)s, s.language, false, %(key)s || ':push:' || s.id
    from notices_push s
    where s.reader = any(%(readers)s::text[]) and s.reader <> ''
    on conflict (key) do nothing
    returning id, key
),
outward as (
    insert into notices_delivery (notice_id, channel, subscription_id, key)
    select told.id, 'push', (regexp_match(told.key, '[0-9]+$'))[1]::bigint, told.key from told
    returning id
)
select procrastinate_defer_jobs_v1(array_agg(
    row('notices', 'notices.deliver', 0, null, null, jsonb_build_object('delivery_id', outward.id), null)::procrastinate_job_to_defer_v1
))
from outward
having count(*) > 0
