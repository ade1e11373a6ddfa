-- Every step of a session, as of a run (V11): written by the statement that writes the session, and never changed. What was opened before has
-- no steps from then.
create table session_transition (like run_transition including defaults including identity including constraints);
alter table session_transition rename column run_id to session_id;
alter table session_transition add primary key (session_id, seq);
alter table session_transition drop column xid; -- nobody reads on among them
