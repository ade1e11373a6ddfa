-- The attempt is the fence and only grows, with each lease; losses counts the workers that were lost over the build. One that was given
-- back is none.
alter table builds
    add column losses integer not null default 0,
    add column ask uuid; -- the question that the lease answered: asked again, it is answered with the same lease
update builds set losses = greatest(attempt - 1, 0) where status = 'IN_PROGRESS';
