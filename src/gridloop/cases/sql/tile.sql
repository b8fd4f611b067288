-- Cases of one vector tile; the newest first where there are more than fit.
select st_asmvt(feature, 'cases', 4096, 'geom') from (
    select st_asmvtgeom(c.geom, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) as geom,
           c.number, c.state, c.urgency, c.class_kind, c.class_code, coalesce(c.unit_id, 0) as unit_id,
           (c.paused_at is null and c.finished_at is null and c.due_at < %(now)s) as late
    from cases_case c
    where c.geom && st_expand(st_tileenvelope(%(z)s, %(x)s, %(y)s), %(margin)s) and c.state = any(%(states)s) and ({scope})
    order by c.id desc
    limit %(most)s
) feature
