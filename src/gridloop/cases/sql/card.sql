-- Everything of one card: the facts, the row of the list, the words, and beside them history, photos, children, reporters, links.
select {facts}, {row}, c.text, c.source, c.component,
       (select count(*) from cases_case child where child.parent_id = c.id
           and child.state not in ('closed', 'rejected', 'withdrawn', 'merged', 'voided')),
       m.number, m.xmin::text::bigint,
       (select json_agg(json_build_array(e.seq, e.at, e.verb, e.from_state, e.to_state, e.by_id, e.by_name, e.duty, e.unit_id, e.note, e.photos, e.fields)
                        order by e.seq)::text
          from cases_event e where e.case_id = c.id),
       (select json_agg(json_build_array(p.id, p.kind, p.lon, p.lat, p.taken_at, p.owner_id, p.heading_deg, p.accuracy_m, p.checked_at is not null) order by p.attached_at, p.id)::text
          from cases_photo p where p.case_id = c.id and p.state = 'kept'),
       (select json_agg(json_build_array(child.number, child.state, child.unit_id, child.title, child.due_at) order by child.id)::text
          from cases_case child where child.parent_id = c.id),
       (select json_agg(json_build_array(r.case_id, r.person_id, r.name, r.contact, r.language, r.at) order by r.id)::text
          from cases_reporter r
         where r.case_id = any(array(select c.id union all select l.case_id from cases_link l where l.into_id = c.id and l.undone_at is null))),
       (select parent.number from cases_case parent where parent.id = c.parent_id),
       (select kept.number from cases_case kept where kept.id = c.merged_into),
       (select json_agg(other.number order by other.id)::text from cases_link l join cases_case other on other.id = l.case_id
         where l.into_id = c.id and l.undone_at is null),
       (select root.number from cases_root_cause_case why join cases_case root on root.id = why.root_id
         where why.case_id = c.id order by why.root_id desc limit 1),
       (select json_agg(json_build_array(other.number, other.state, other.unit_id, other.title, other.due_at) order by other.id)::text
          from cases_root_cause_case why join cases_case other on other.id = why.case_id where why.root_id = c.id)
from cases_case c
join cases_masters_version m on m.id = 1
where c.number = %(number)s
order by c.id desc
limit 1
