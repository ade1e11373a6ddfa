// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.tree;

import dev.assay.contracts.ModelId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the catalog's rows say of models that learn. Whoever changes anything of one's training locks it first. */
@Repository
public class Learners {

    private static final String COLUMNS = "m.id, m.model_name, m.trainer, m.upstream_model, m.steps, m.head, m.weights";

    private final JdbcClient jdbc;

    Learners(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Empty: there is no such model, or none that a trainer has the weights of. */
    public Optional<Learner> find(ModelId id) {
        return jdbc.sql("select " + COLUMNS + " from model m where m.id = :id and m.trainer is not null")
                .param("id", id.value())
                .query(Learners::learner)
                .optional();
    }

    /** Until the transaction ends, nobody else changes anything of it. */
    public Learner lock(ModelId id) {
        return jdbc.sql("select " + COLUMNS + " from model m where m.id = :id for no key update").param("id", id.value()).query(Learners::learner).single();
    }

    /**
     * One that has something to do and that this trainer may do it for, locked; what others are just looking at is passed over. Whoever did a
     * model's last call has its weights in memory, and is left the next one for a moment.
     *
     * @param patience for so long
     * @param absent who has not asked for so long is not waited for
     */
    public Optional<Learner> lockOneFor(String trainer, Collection<String> kinds, Duration patience, Duration absent) {
        return jdbc.sql("select " + COLUMNS + """
                         from (select distinct on (model) * from call where state in ('waiting', 'leased') order by model, position) first
                        join model m on m.id = first.model
                        where m.trainer = any(:kinds) and (first.state = 'waiting' or first.lease_until <= now())
                            and (m.last_trainer is null or m.last_trainer = :trainer or first.created_at < now() - make_interval(secs => :patience)
                                or not exists (select from trainer t
                                    where t.name = m.last_trainer and t.seen_at > now() - make_interval(secs => :absent)))
                        order by first.position limit 1 for no key update of m skip locked""")
                .param("kinds", kinds.toArray(String[]::new))
                .param("trainer", trainer)
                .param("patience", patience.toMillis() / 1000.0)
                .param("absent", absent.toMillis() / 1000.0)
                .query(Learners::learner)
                .optional();
    }

    public void taken(ModelId id, String trainer) {
        jdbc.sql("update model set last_trainer = :trainer where id = :id and last_trainer is distinct from :trainer")
                .param("trainer", trainer)
                .param("id", id.value())
                .update();
    }

    /** Nobody waits any more for whoever did its last call. */
    public void left(ModelId id, String trainer) {
        jdbc.sql("update model set last_trainer = null where id = :id and last_trainer = :trainer")
                .param("trainer", trainer)
                .param("id", id.value())
                .update();
    }

    /** @param steps how many it has made now */
    public void stepped(ModelId id, UUID head, int steps) {
        jdbc.sql("update model set head = :head, steps = :steps where id = :id")
                .param("head", head)
                .param("steps", steps)
                .param("id", id.value())
                .update();
    }

    public void moveHead(ModelId id, @Nullable UUID head) {
        jdbc.sql("update model set head = :head where id = :id").param("head", head).param("id", id.value()).update();
    }

    private static Learner learner(ResultSet row, int number) throws SQLException {
        return new Learner(
                new ModelId(row.getObject("id", UUID.class)),
                row.getString("model_name"),
                row.getString("trainer"),
                row.getString("upstream_model"),
                row.getInt("steps"),
                row.getObject("head", UUID.class),
                row.getString("weights"));
    }
}
