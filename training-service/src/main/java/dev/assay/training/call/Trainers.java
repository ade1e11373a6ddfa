// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import java.time.Duration;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who asks for calls: somebody who has not for a while is not there. */
@Repository
class Trainers {

    private final JdbcClient jdbc;

    Trainers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void asks(String name, Collection<String> kinds) {
        jdbc.sql("insert into trainer (name, kinds, seen_at) values (:name, :kinds, now())"
                        + " on conflict (name) do update set kinds = excluded.kinds, seen_at = excluded.seen_at")
                .param("name", name)
                .param("kinds", kinds.toArray(String[]::new))
                .update();
    }

    boolean works(String name) {
        return jdbc.sql("update trainer set seen_at = now() where name = :name").param("name", name).update() > 0;
    }

    boolean isThere(String kind, Duration absent) {
        return jdbc.sql("select exists (select from trainer where :kind = any(kinds) and seen_at > now() - make_interval(secs => :absent))")
                .param("kind", kind)
                .param("absent", absent.toMillis() / 1000.0)
                .query(Boolean.class)
                .single();
    }

    void forget(Duration absent) {
        jdbc.sql("delete from trainer where seen_at < now() - make_interval(secs => :absent)").param("absent", absent.toMillis() / 1000.0).update();
    }
}
