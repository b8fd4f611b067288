-- One replay at a time, in the transaction of the question.
select procrastinate_defer_jobs_v1(array[
    row('cases', 'fleet.replay', 0, 'fleet.replay', null, jsonb_build_object('replay_id', %(replay_id)s::bigint), null)::procrastinate_job_to_defer_v1
])
