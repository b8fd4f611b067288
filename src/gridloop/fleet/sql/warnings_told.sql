-- One row may carry several stages of a window at once: what the confirmation was decided on is taken with whichever stage says that it was confirmed.
-- Each stage keeps in `detail` when its fix came in and when it was decided; a confirmed warning is to be delivered anew.
insert into fleet_warning (
    key, rule_code, rule_version, rule_kind, severity, fence_code, fence_version, vehicle_id, other_vehicle_id, stage, lon, lat, place,
    suspected_at, confirmed_at, ended_at, received_at, decided_at, late, positions, permit, detail
)
select told.key, told.rule_code, told.rule_version, told.rule_kind, told.severity, told.fence_code, told.fence_version, told.vehicle_id,
    told.other_vehicle_id, told.stage, told.lon, told.lat, coalesce(spot.place, ''), told.suspected_at, told.confirmed_at, told.ended_at,
    told.received_at, told.decided_at, told.late, told.positions, told.permit,
    told.detail || jsonb_build_object(told.stage || '_received_at', told.received_at, told.stage || '_decided_at', told.decided_at)
from jsonb_to_recordset(%s::jsonb) as told(
    key text, rule_code text, rule_version int, rule_kind text, severity text, fence_code text, fence_version int, vehicle_id bigint,
    other_vehicle_id bigint, stage text, lon float8, lat float8, suspected_at timestamptz, confirmed_at timestamptz, ended_at timestamptz,
    received_at timestamptz, decided_at timestamptz, late boolean, positions jsonb, permit jsonb, detail jsonb
)
left join lateral places_at(told.lon, told.lat) spot on true
order by told.key
on conflict (key) do update set
    stage = excluded.stage,
    confirmed_at = coalesce(excluded.confirmed_at, fleet_warning.confirmed_at),
    ended_at = coalesce(excluded.ended_at, fleet_warning.ended_at),
    decided_at = excluded.decided_at,
    delivered_at = case when excluded.stage = 'confirmed' then null else fleet_warning.delivered_at end,
    late = fleet_warning.late or excluded.late,
    positions = case when fleet_warning.confirmed_at is null and excluded.confirmed_at is not null then excluded.positions else fleet_warning.positions end,
    permit = case when fleet_warning.confirmed_at is null and excluded.confirmed_at is not null then excluded.permit else fleet_warning.permit end,
    detail = fleet_warning.detail || excluded.detail
where (fleet_warning.stage = 'suspected' and excluded.stage <> 'suspected')
   or (fleet_warning.stage = 'confirmed' and excluded.stage = 'ended')
returning id, key, place
