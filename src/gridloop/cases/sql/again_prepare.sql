-- What a session holds while it tells lives again.
drop table if exists cases_again_spot, cases_again_life, cases_again_event, cases_again_words, cases_again_pool;
create temporary table cases_again_spot (spot int primary key, lon float8, lat float8, place text collate "C", grid text collate "C", subclass text collate "C",
    component text collate "C", address text, tokens int[]);
create temporary table cases_again_words (case_id bigint primary key, tokens int[])
