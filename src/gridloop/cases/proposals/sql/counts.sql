-- How many open cases there are of this kind, and how many of it were reported since a moment.
select
    (select count(*) from cases_case c where c.state = any(%(open)s) and {which})::int,
    (select count(*) from cases_case c where c.opened_at >= %(since)s and {which})::int
