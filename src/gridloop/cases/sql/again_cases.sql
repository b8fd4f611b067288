-- The held lives once more: every moment earlier, at another spot of their pool.
insert into cases_case_closed (
    id, opened_at, changed_at, due_at, stage_due_at, dispatched_at, finished_at, closed_at, paused_at, until_at, lon, lat, limit_value, unit_id,
    reporter_id, handler_id, handler_unit_id, parent_id, merged_into, version, seq, paused_s, rule_no, returns, reworks, delays, suspensions,
    disputes, urges, level, reports, rating, synthetic, ruled, guessed, state, number, place, grid, class_kind, class_code, urgency, tier,
    limit_unit, source, component, state_before, photo, past_units, title, text, address, asked, routing, geom
)
select
    %(first)s + life.n - 1,
    life.opened_at - %(shift)s::interval,
    life.changed_at - %(shift)s::interval,
    life.due_at - %(shift)s::interval,
    life.stage_due_at - %(shift)s::interval,
    life.dispatched_at - %(shift)s::interval,
    life.finished_at - %(shift)s::interval,
    life.closed_at - %(shift)s::interval,
    life.paused_at - %(shift)s::interval,
    life.until_at - %(shift)s::interval,
    coalesce(spot.lon, life.lon),
    coalesce(spot.lat, life.lat),
    life.limit_value, life.unit_id,
    null,
    life.handler_id, life.handler_unit_id, life.parent_id,
    null,
    life.version, life.seq, life.paused_s, life.rule_no, life.returns, life.reworks, life.delays, life.suspensions, life.disputes, life.urges,
    life.level, life.reports, life.rating, life.synthetic, life.ruled, life.guessed, life.state,
    to_char((life.opened_at - %(shift)s::interval) at time zone 'Asia/Shanghai', 'YYYYMMDD') || '-' || lpad(((%(first)s + life.n - 1) %% 1000000)::text, 6, '0'),
    coalesce(spot.place, life.place),
    coalesce(spot.grid, life.grid),
    life.class_kind, life.class_code, life.urgency, life.tier, life.limit_unit, life.source,
    case when spot.spot is null then life.component when life.class_kind = 'component' then spot.component end,
    life.state_before,
    null,
    life.past_units, life.title,
    case when spot.address <> '' and life.address <> '' then replace(life.text, life.address, spot.address) else life.text end,
    coalesce(spot.address, life.address),
    life.asked, life.routing,
    case when spot.spot is null then life.geom else st_transform(st_setsrid(st_makepoint(spot.lon, spot.lat), 4326), 3857) end
from cases_again_life life
left join cases_again_pool pool on pool.pool = life.pool and pool.at = 1 + (life.n * 7919 + %(round)s * 104729) %% life.pool_size
left join cases_again_spot spot on spot.spot = pool.spot
