-- Entries of finished transactions in the order in which they were written. Of two entries of which the second's writer had seen
-- the first's change, the first was written earlier and committed earlier, so it is visible here and has the smaller id. An
-- entry whose transaction is still open gets its place in a later round; nobody waits for it. Parameter: batch.
select id, body
  from audit_pending
 order by id
 limit %(batch)s
