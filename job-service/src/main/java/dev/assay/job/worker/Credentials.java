// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Credentials of workers. What is random enough needs no slow hash. */
@Repository
class Credentials {

    static final String PREFIX = "awc_";
    private static final int BYTES = 32;

    private final JdbcClient jdbc;
    private final SecureRandom random = new SecureRandom();

    Credentials(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Credential(UUID id, String name, Instant createdAt, @Nullable Instant usedAt) {}

    record Made(UUID id, String credential) {}

    /** @return empty if the worker of that name has one */
    Optional<Made> make(String name) {
        var secret = new byte[BYTES];
        random.nextBytes(secret);
        var made = new Made(UUID.randomUUID(), PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
        var rows = jdbc.sql("""
                insert into worker_credential (id, name, hash) values (:id, :name, :hash)
                on conflict (name) where revoked_at is null do nothing""")
                .param("id", made.id())
                .param("name", name)
                .param("hash", hash(made.credential()))
                .update();
        return rows == 0 ? Optional.empty() : Optional.of(made);
    }

    List<Credential> all() {
        return jdbc.sql("select id, name, created_at, used_at from worker_credential where revoked_at is null order by name")
                .query((row, number) -> {
                    var used = row.getObject("used_at", OffsetDateTime.class);
                    return new Credential(
                            row.getObject("id", UUID.class),
                            row.getString("name"),
                            row.getObject("created_at", OffsetDateTime.class).toInstant(),
                            used == null ? null : used.toInstant());
                })
                .list();
    }

    /** @return false: there is none that opens */
    boolean revoke(UUID id) {
        return jdbc.sql("update worker_credential set revoked_at = now() where id = :id and revoked_at is null").param("id", id).update() > 0;
    }

    /** The name of the worker that comes with it; empty if it opens nothing. When it was used is known to a minute: a worker comes often. */
    Optional<String> nameOf(String credential) {
        return jdbc.sql("""
                with used as (
                    update worker_credential set used_at = now()
                    where hash = :hash and revoked_at is null and (used_at is null or used_at < now() - interval '1 minute'))
                select name from worker_credential where hash = :hash and revoked_at is null""")
                .param("hash", hash(credential))
                .query(String.class)
                .optional();
    }

    private static byte[] hash(String credential) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(credential.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
