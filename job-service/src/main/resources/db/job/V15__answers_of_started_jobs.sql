-- How many runs a job was started with: who tells the same again hears the same.
alter table job_start add column runs integer not null;
