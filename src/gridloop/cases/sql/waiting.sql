-- Events that people are still to be told about, with their case; taken by one worker at a time.
select t.id, {columns}, e.seq, e.verb, e.to_state, e.note, e.fields::text, kept.number
from (select id, case_id, seq from cases_telling order by id limit %(most)s for update skip locked) t
join cases_event e on e.case_id = t.case_id and e.seq = t.seq
join cases_case c on c.id = t.case_id
left join cases_case kept on kept.id = c.merged_into
order by t.id
