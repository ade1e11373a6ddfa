-- Whose failure it was that ended a run, and how far the run had come; null: nobody said so.
alter table grade
    add column failure_kind text,
    add column failure_phase text;
