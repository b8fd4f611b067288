-- How many cases were opened, closed and became late in each stretch of a span. Parameters: since, until, now, stretch_s, and those of the scope.
with found as (
    select 'opened' as lane, c.opened_at as at from cases_case c
    where c.opened_at >= %(since)s and c.opened_at < %(until)s and ({scope})
    union all
    select 'closed', c.closed_at from cases_case_closed c
    where c.closed_at >= %(since)s and c.closed_at < %(until)s and c.state = 'closed' and ({scope})
    union all
    select 'late', c.due_at from cases_case c
    where c.due_at >= %(since)s and c.due_at < least(%(until)s, %(now)s) and c.dispatched_at is not null and c.paused_at is null
        and coalesce(c.finished_at, c.closed_at, %(now)s) > c.due_at and ({scope})
)
select lane, floor(extract(epoch from at - %(since)s) / %(stretch_s)s)::int as stretch, count(*) from found group by 1, 2
