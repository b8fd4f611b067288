-- Entries of finished transactions, in the order in which these began to write. Nothing that commits later can come before
-- them: every transaction below the snapshot's xmin has ended. Parameter: batch.
select id, body
  from audit_pending
 where xid < pg_snapshot_xmin(pg_current_snapshot())
 order by xid, id
 limit %(batch)s
