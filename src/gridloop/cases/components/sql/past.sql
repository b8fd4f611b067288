-- What a component has been through, from its newest cases: failures by window, what is open, the last repairs with what was said of them, its root cause.
with past as materialized (
    select c.id, c.number, c.state, c.class_kind, c.class_code, c.opened_at, c.closed_at, c.handler_unit_id, c.unit_id, c.source
    from cases_case c
    where c.component = %(code)s
    order by c.opened_at desc
    limit %(most)s
), failures as (
    select * from past where state <> all(%(no_failures)s) and source <> %(recurrence)s
)
select (select count(*) from failures where opened_at > %(quarter)s),
       (select count(*) from failures where opened_at > %(year)s),
       (select json_agg(json_build_array(number, state, class_kind, class_code, opened_at) order by opened_at desc)::text
          from (select * from failures where state <> 'closed' order by opened_at desc limit %(shown)s) going),
       (select json_agg(json_build_array(one.number, one.class_kind, one.class_code, one.closed_at, coalesce(one.handler_unit_id, one.unit_id), said.note)
                        order by one.closed_at desc)::text
          from (select * from failures where state = 'closed' order by closed_at desc limit %(shown)s) one
          left join lateral (
              select e.note from cases_event e where e.case_id = one.id and e.verb in ('finish', 'self_handle') order by e.seq desc limit 1
          ) said on true),
       (select kept.number from cases_root_cause root join cases_case kept on kept.id = root.case_id
         where root.component = %(code)s order by root.at desc limit 1)
