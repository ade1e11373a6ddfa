// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.job.run.FairOrder.Flow;
import dev.assay.job.run.Needs;
import dev.assay.job.run.RunState;
import dev.assay.job.run.Turns;
import dev.assay.job.session.SessionCommand.Take;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Sessions that wait for a worker. */
@Component
class SessionQueue implements Turns.Kind<Session> {

    /** As {@code Flows} wants it. Sessions are few, and none waits for long: they are read one by one. */
    private static final String FLOWS =
            """
            select flow.*, '' as model, 0 as priority, null::integer as max_concurrent,
                coalesce(team.at, 0) as team_at, coalesce(own.at, 0) as job_at
            from (
                select team_id, coalesce(version_id, team_id) as job_id, runtime, min(seq) as seq from session
                where state = 'queued' and coalesce(not_before, '-infinity'::timestamptz) <= now()
                group by 1, 2, 3) as flow
            left join last_given team on team.id = flow.team_id
            left join last_given own on own.id = flow.job_id
            where true
            """;

    private final JdbcClient jdbc;
    private final Turns turns;
    private final SessionChanges changes;

    SessionQueue(JdbcClient jdbc, Turns turns, SessionChanges changes) {
        this.jdbc = jdbc;
        this.turns = turns;
        this.changes = changes;
    }

    /** Gives queued sessions to workers: held by now. */
    @Transactional
    public Given<Session> give(List<Question> questions) {
        return turns.give(questions, this);
    }

    /** False: no session is queued, and none of these questions was answered or taken back before. */
    boolean mayBeFor(List<Question> questions) {
        return jdbc.sql(
                        """
                        select (select true from session where state = 'queued' order by team_id limit 1) is not null
                            or exists (select from session where state = 'held' and ask = any(:asks::uuid[]))
                            or exists (select from withdrawn_ask where ask = any(:asks::uuid[]))
                        """)
                .param("asks", questions.stream().map(Question::ask).toArray(UUID[]::new))
                .query(Boolean.class)
                .single();
    }

    /** What workers were given in answer to such questions, as long as that holds. */
    @Override
    public List<Session> lockGiven(Collection<String> workers, Collection<UUID> asks) {
        return jdbc.sql(SessionRows.FIND
                        + """
                        state = 'held' and worker = any(:workers::text[]) and ask = any(:asks::uuid[]) and lease_expires_at > now()
                        order by id for update""")
                .param("workers", workers.toArray(String[]::new))
                .param("asks", asks.toArray(UUID[]::new))
                .query(SessionRows::read)
                .list();
    }

    /**
     * The heads of flows, so many of each, and whose head each is. Sessions that somebody else is just changing are passed over.
     *
     * @param taken what this transaction has locked already: that it does not pass over by itself
     */
    @Override
    public Map<Session, Flow> lockQueued(Map<Flow, Integer> flows, Collection<Session> taken) {
        var all = List.copyOf(flows.keySet());
        var locked = new LinkedHashMap<Session, Flow>();
        jdbc.sql(
                        """
                        select taken.*, flow.number, now() as database_time
                        from unnest(:teams::uuid[], :versions::uuid[], :runtimes::text[], :counts::integer[])
                            with ordinality as flow (team, version, runtime, count, number)
                        cross join lateral (
                            select * from session
                            where state = 'queued' and team_id = flow.team and coalesce(version_id, team_id) = flow.version
                                and session.runtime = flow.runtime and id <> all(:taken::uuid[])
                                and coalesce(not_before, '-infinity'::timestamptz) <= now()
                            order by seq
                            limit flow.count
                            for update skip locked) as taken
                        """)
                .param("teams", all.stream().map(flow -> flow.team().value()).toArray(UUID[]::new))
                .param("versions", all.stream().map(flow -> flow.job().value()).toArray(UUID[]::new))
                .param("runtimes", all.stream().map(Flow::runtime).toArray(String[]::new))
                .param("counts", all.stream().map(flows::get).toArray(Integer[]::new))
                .param("taken", taken.stream().map(session -> session.id().value()).toArray(UUID[]::new))
                .query(row -> {
                    locked.put(SessionRows.read(row, 0), all.get(row.getInt("number") - 1));
                });
        return locked;
    }

    @Override
    public Optional<Session> lockQueued(UUID id) {
        return jdbc.sql(SessionRows.FIND + "id = :id and state = 'queued' for update skip locked")
                .param("id", id)
                .query(SessionRows::read)
                .optional();
    }

    @Override
    public UUID id(Session session) {
        return session.id().value();
    }

    @Override
    public RunState state(Session session) {
        return session.state().lease();
    }

    @Override
    public String flows() {
        return FLOWS;
    }

    @Override
    public Function<Session, Needs> needs(Collection<Session> sessions) {
        return Session::needs;
    }

    @Override
    public Map<Session, Question> take(Map<Session, Question> dealt) {
        var taken = new LinkedHashMap<Session, Question>();
        dealt.forEach((session, question) ->
                taken.put(session.now(changes.change(session, new Take(question.worker(), question.ask())).next()), question));
        return taken;
    }
}
