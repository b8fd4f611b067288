-- Every probability anew in one statement: cases that are in hand no more leave the table, the others are written over.
with told as (
    select * from unnest(%(ids)s::bigint[], %(late)s::float8[], %(why)s::text[]) as t(case_id, p, why)
), gone as (
    delete from cases_forecast f where not exists (select from told where told.case_id = f.case_id)
)
insert into cases_forecast (case_id, p, at, model_id, why)
select case_id, p, %(at)s, %(model)s, why::jsonb from told
on conflict (case_id) do update set p = excluded.p, at = excluded.at, model_id = excluded.model_id, why = excluded.why
