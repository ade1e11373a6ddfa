-- A job's numbers are job-service's, which counts them as runs change. Nobody asks for the grades of a job any more.
drop index grade_of_job;
drop index grade_ungraded;

-- The dead letters of one queue, the latest first.
create index dead_letter_by_queue on dead_letter (queue, seq);
