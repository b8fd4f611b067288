-- The words that they are found by: those of the text without its address, and those of the new address.
insert into cases_text (case_id, tokens)
select %(first)s + life.n - 1, words.tokens || coalesce(spot.tokens, '{}')
from cases_again_life life
join cases_again_words words on words.case_id = life.id
left join cases_again_pool pool on pool.pool = life.pool and pool.at = 1 + (life.n * 7919 + %(round)s * 104729) %% life.pool_size
left join cases_again_spot spot on spot.spot = pool.spot
