-- One statement: a notice for somebody who is no person of ours, to one sealed address, and the job that sends it.
with told as (
    insert into notices_notice (kind, subject, title_zh, title_en, text_zh, text_en, params, language, on_bell, key)
    values (%(kind)s, %(subject)s, %(title_zh)s, %(title_en)s, %(text_zh)s, %(text_en)s, %(params)s::jsonb, %(language)s, false, %(key)s)
    on conflict (key) do nothing
    returning id, key
),
outward as (
    insert into notices_delivery (notice_id, channel, address_sealed, key)
    select told.id, %(channel)s, %(address_sealed)s, told.key || ':' || %(channel)s from told
    returning id
)
select procrastinate_defer_jobs_v1(array_agg(
    row('notices', 'notices.deliver', 0, null, null, jsonb_build_object('delivery_id', outward.id), null)::procrastinate_job_to_defer_v1
))
from outward
having count(*) > 0
