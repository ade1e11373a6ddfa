-- Which attempt of a hosted run sent the span: its fence. Null for runs that clients drive, and for spans from before this.
alter table span add column attempt int;
