-- The list of a team's builds, and whether a refused upload's content is also somebody else's.
create index builds_by_team on builds (team_id, created_at desc, id);
create index uploads_by_content on uploads (context_sha256);
