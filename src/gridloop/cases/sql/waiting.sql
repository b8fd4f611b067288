-- Events that people are still to be told about, with their case and, for a step taken back, that step; taken by one worker at a time.
select t.id, {columns}, e.seq, e.verb, e.to_state, e.note, e.fields::text, kept.number, undone.verb, undone.to_state, undone.unit_id
from (select id, case_id, seq from cases_telling order by id limit %(most)s for update skip locked) t
join cases_event e on e.case_id = t.case_id and e.seq = t.seq
join cases_case c on c.id = t.case_id
left join cases_case kept on kept.id = c.merged_into
left join lateral (
    select b.verb, b.to_state, b.unit_id from cases_event b
    where e.verb = 'take_back' and b.case_id = e.case_id and b.seq < e.seq and b.from_state is distinct from b.to_state
    order by b.seq desc
    limit 1
) undone on true
order by t.id
