// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Responses in the database. Whatever the id, a team finds its own. */
@Repository
class ResponseRows {

    /** So many turns has a conversation at most. */
    static final int LONGEST = 2000;

    private static final String WITH =
            "from kept_responses where team_id = :team and items && cast(:items as text[]) and deleted_at is null and expires_at > :now";

    private final JdbcClient jdbc;

    ResponseRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param holds whether the upstream itself has the conversation
     * @param input what was new: a JSON list of items
     * @param response as it was told, JSON
     */
    record Kept(String id, @Nullable String parent, String upstream, boolean holds, byte[] input, byte[] response) {}

    /**
     * Of an id that is there already the first stays: what a client has seen is what it continues.
     *
     * @param items the ids of what the response consists of
     */
    void keep(TeamId team, Kept kept, List<String> items, Instant now, Instant until) {
        jdbc.sql("""
                        insert into kept_responses (team_id, id, parent, upstream, holds, input, response, items, created_at, expires_at)
                        values (:team, :id, :parent, :upstream, :holds, :input, :response, :items, :now, :until)
                        on conflict do nothing
                        """)
                .param("team", team.value())
                .param("id", kept.id())
                .param("parent", kept.parent())
                .param("upstream", kept.upstream())
                .param("holds", kept.holds())
                .param("input", kept.input())
                .param("response", kept.response())
                .param("items", items.toArray(String[]::new))
                .param("now", utc(now))
                .param("until", utc(until))
                .update();
    }

    Optional<Kept> find(TeamId team, String id, Instant now) {
        return jdbc.sql("""
                        select id, parent, upstream, holds, input, response from kept_responses
                        where team_id = :team and id = :id and deleted_at is null and expires_at > :now
                        """)
                .param("team", team.value())
                .param("id", id)
                .param("now", utc(now))
                .query(Kept.class)
                .optional();
    }

    /** The responses in which items of these ids are. */
    List<Kept> with(TeamId team, List<String> items, Instant now) {
        return jdbc.sql("select id, parent, upstream, holds, input, response " + WITH)
                .param("team", team.value())
                .param("items", items.toArray(String[]::new))
                .param("now", utc(now))
                .query(Kept.class)
                .list();
    }

    /** How many bytes those responses hold. */
    long lengthWith(TeamId team, List<String> items, Instant now) {
        return jdbc.sql("select coalesce(sum(octet_length(input)::bigint + octet_length(response)), 0) " + WITH)
                .param("team", team.value())
                .param("items", items.toArray(String[]::new))
                .param("now", utc(now))
                .query(Long.class)
                .single();
    }

    /** A response and all that it continues, the first turn first. What was deleted, or is past its time, is still a part of what came later. */
    List<Kept> chain(TeamId team, String id) {
        return jdbc.sql("""
                        with recursive chain as (
                            select r.*, 0 as age from kept_responses r where r.team_id = :team and r.id = :id
                            union all
                            select r.*, chain.age + 1 from kept_responses r
                            join chain on r.team_id = chain.team_id and r.id = chain.parent
                            where chain.age < :longest)
                        select id, parent, upstream, holds, input, response from chain order by age desc
                        """)
                .param("team", team.value())
                .param("id", id)
                .param("longest", LONGEST)
                .query(Kept.class)
                .list();
    }

    /** How many bytes the rows of a chain hold. */
    long length(TeamId team, String id) {
        return jdbc.sql("""
                        with recursive chain as (
                            select id, parent, octet_length(input)::bigint + octet_length(response) as bytes, 0 as age
                            from kept_responses where team_id = :team and id = :id
                            union all
                            select r.id, r.parent, octet_length(r.input)::bigint + octet_length(r.response), chain.age + 1
                            from kept_responses r join chain on r.team_id = :team and r.id = chain.parent
                            where chain.age < :longest)
                        select coalesce(sum(bytes), 0) from chain
                        """)
                .param("team", team.value())
                .param("id", id)
                .param("longest", LONGEST)
                .query(Long.class)
                .single();
    }

    boolean delete(TeamId team, String id, Instant now) {
        return jdbc.sql("""
                        update kept_responses set deleted_at = :now
                        where team_id = :team and id = :id and deleted_at is null and expires_at > :now
                        """)
                .param("team", team.value())
                .param("id", id)
                .param("now", utc(now))
                .update() > 0;
    }

    /**
     * Takes away what is past its time and continued by nobody; what was a part of that only, the next time.
     *
     * @return how many there were
     */
    int sweep(Instant now) {
        return jdbc.sql("""
                        delete from kept_responses r where r.expires_at <= :now
                        and not exists (select from kept_responses c where c.team_id = r.team_id and c.parent = r.id)
                        """)
                .param("now", utc(now))
                .update();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
