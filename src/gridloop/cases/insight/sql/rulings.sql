-- Every ruling made in the period: about which class, at which place, and the unit it chose. A ruling follows a second return, so the case keeps past units.
select c.number, e.at, c.place, coalesce(e.class_kind, c.class_kind), coalesce(e.class_code, c.class_code), e.unit_id
from cases_case c
join cases_event e on e.case_id = c.id and e.verb = 'rule' and e.at >= %(since)s and e.at < %(until)s
where c.opened_at >= %(reported_since)s and c.opened_at < %(until)s and c.past_units <> '{{}}' and e.unit_id is not null
    and coalesce(e.class_code, c.class_code) is not null and {narrowed}
order by e.at desc, c.number desc
