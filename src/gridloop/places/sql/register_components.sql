-- From the copied rows: where each lies, its next number in county and subclass, and the component itself. Rows in no county stay out.
with placed as (
    select new.at, new.lon, new.lat, new.subclass, spot.cell, spot.place, left(spot.place, 6) as county6
    from places_new new, lateral places_at(new.lon, new.lat) spot
    where spot.place <> ''
), numbered as (
    select placed.*, row_number() over (partition by county6, subclass order by at) as n
    from placed
), last as materialized (  -- else it is asked once a row
    select county6, subclass,
           coalesce((select right(code, 6)::int from places_component component
                     where component.code >= kind.county6 || kind.subclass and component.code < kind.county6 || kind.subclass || '~'
                     order by component.code desc limit 1), 0) as n
    from (select distinct county6, subclass from placed) kind
), added as (
    insert into places_component (code, subclass, name, geom, cell, place, state, owner_unit_id, maintain_unit_id,
        authority_unit_id, surveyed_on, changed_on, source, accuracy, note, attributes, synthetic, installed_on, warranty_contractor, warranty_until)
    select numbered.county6 || numbered.subclass || lpad((last.n + numbered.n)::text, 6, '0'), numbered.subclass, new.name,
           st_setsrid(st_makepoint(numbered.lon, numbered.lat), 4326), coalesce(numbered.cell, ''), numbered.place, new.state,
           new.owner_unit_id, new.maintain_unit_id, new.authority_unit_id, new.surveyed_on, null, new.source, new.accuracy,
           new.note, new.attributes::jsonb, new.synthetic, new.installed_on, new.warranty_contractor, new.warranty_until
    from numbered
    join places_new new using (at)
    join last on last.county6 = numbered.county6 and last.subclass = numbered.subclass
    returning code
)
select code from added order by code
