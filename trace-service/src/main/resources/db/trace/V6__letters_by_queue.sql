-- The dead letters of one queue, the latest first.
create index dead_letter_by_queue on dead_letter (queue, seq);
