-- So that the planner does not take both together for rarer than the run alone: where there are many teams it would look for one
-- span by going through all of its run. What is made for new days takes this over.
create statistics span_run_team (dependencies) on run, team from span;
do $$
declare
    part record;
begin
    for part in
        select child.relname as name
        from pg_inherits join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
        where parent.relname = 'span' and parent.relnamespace = current_schema()::regnamespace
    loop
        execute format('create statistics %I (dependencies) on run, team from %I', part.name || '_run_team', part.name);
    end loop;
end $$;
