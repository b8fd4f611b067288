select t.protocol, t.name, t.id, v.id, v.plate, v.kind, t.auth_hash, t.blocked or not v.in_service, t.frames_per_min_max, t.device
from fleet_terminal t left join fleet_vehicle v on v.id = t.vehicle_id
