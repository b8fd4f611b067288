-- One upsert: add to the count of this window and return the total. Parameters: key, window, amount.
insert into identity_rate_count as r (key, "window", count)
values (%(key)s, %(window)s, %(amount)s)
on conflict (key, "window") do update set count = r.count + excluded.count
returning r.count
