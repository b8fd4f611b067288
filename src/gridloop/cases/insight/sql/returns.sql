-- Every return made in the period: who had sent it there, where it went next, and when somebody at last accepted it.
-- Only cases that a unit gave back keep past units, and a small partial index holds just those; the history is read by its key.
select c.number, e.seq, e.at, c.title, c.place, coalesce(e.class_kind, c.class_kind), coalesce(e.class_code, c.class_code), c.state, c.closed_at,
    e.unit_id, e.by_name, coalesce(e.fields ->> 'return_rule', ''), e.note, e.to_state = 'arbitration',
    sent.verb, sent.at, sent.by_name, onward.verb, onward.at, onward.unit_id, accepted.at, accepted.unit_id
from cases_case c
join cases_event e on e.case_id = c.id and e.verb = 'return' and e.at >= %(since)s and e.at < %(until)s
left join lateral (
    select s.verb, s.at, s.by_name from cases_event s
    where s.case_id = e.case_id and s.seq < e.seq and s.to_state = 'dispatched' and s.from_state is distinct from 'dispatched' and s.verb <> 'unmerge'
    order by s.seq desc limit 1
) sent on true
left join lateral (
    select n.verb, n.at, n.unit_id from cases_event n
    where n.case_id = e.case_id and n.seq > e.seq and n.verb in ('redispatch', 'rule') order by n.seq limit 1
) onward on true
left join lateral (
    select a.at, a.unit_id from cases_event a where a.case_id = e.case_id and a.seq > e.seq and a.verb = 'accept' order by a.seq limit 1
) accepted on true
where c.opened_at >= %(reported_since)s and c.opened_at < %(until)s and c.past_units <> '{{}}' and {narrowed}
order by e.at desc, c.number desc, e.seq desc
