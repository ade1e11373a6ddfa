// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.version;

import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.VersionId;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Versions as people ask for them: each for itself whole, in lists without what is large. */
@Component
class VersionRows {

    private static final String SELECT = """
            select id, number, declared_name, context_sha256, context_size, runtime_provider, image, services, created_at, built_at,
                case when octet_length(runtime_config) <= :largest then runtime_config end as runtime_config,
                coalesce(octet_length(runtime_config) > :largest, false) as without_runtime_config,
                case when octet_length(manifest) <= :largest then manifest end as manifest,
                coalesce(octet_length(manifest) > :largest, false) as without_manifest
            from versions where environment_id = :environment and number
            """;

    private final JdbcClient jdbc;

    VersionRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param runtimeConfig JSON
     * @param image that its runs take place in; null: they run from the context
     * @param services images of its Compose project, JSON; null: none were built
     * @param manifest JSON, null until it was built
     * @param leftOut what is null only because it is too large for a list, as the wire calls it
     */
    record VersionRow(
            VersionId id,
            int number,
            String declaredName,
            String contextSha256,
            long contextSize,
            @Nullable String runtimeProvider,
            @Nullable String runtimeConfig,
            @Nullable String image,
            @Nullable String services,
            @Nullable String manifest,
            Instant createdAt,
            @Nullable Instant builtAt,
            List<String> leftOut) {}

    Optional<VersionRow> find(EnvironmentId environment, int number) {
        return jdbc.sql(SELECT + " = :number")
                .param("environment", environment.value())
                .param("number", number)
                .param("largest", Integer.MAX_VALUE)
                .query(VersionRows::row)
                .optional();
    }

    /** By number, of which none is left out: an offset is a number, too. */
    Page<VersionRow> list(EnvironmentId environment, int lastNumber, Window window) {
        var rows = jdbc.sql(SELECT + " < :before order by number desc limit :limit")
                .param("environment", environment.value())
                .param("before", Math.min(window.before(), lastNumber + 1L) - window.offset())
                .param("limit", window.limit() + 1)
                .param("largest", Page.LARGEST_PART)
                .query(VersionRows::row)
                .list();
        return Page.of(rows, VersionRow::number, lastNumber, window);
    }

    private static VersionRow row(ResultSet row, int n) throws SQLException {
        var builtAt = row.getObject("built_at", OffsetDateTime.class);
        return new VersionRow(
                new VersionId(row.getObject("id", UUID.class)),
                row.getInt("number"),
                row.getString("declared_name"),
                row.getString("context_sha256"),
                row.getLong("context_size"),
                row.getString("runtime_provider"),
                row.getString("runtime_config"),
                row.getString("image"),
                row.getString("services"),
                row.getString("manifest"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                builtAt == null ? null : builtAt.toInstant(),
                Stream.of(
                                row.getBoolean("without_runtime_config") ? "runtime_config" : "",
                                row.getBoolean("without_manifest") ? "manifest" : "")
                        .filter(name -> !name.isEmpty())
                        .toList());
    }
}
