// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.BuildLine;
import dev.assay.contracts.internal.BuildLog;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The log of builds, line by line. */
@Component
class BuildLines {

    private static final int LONGEST = 16 * 1024;
    private static final int AT_ONCE = 1000;
    private static final int BYTES_AT_ONCE = 1_000_000;

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final BuildSettings settings;

    BuildLines(JdbcClient jdbc, JdbcTemplate template, BuildSettings settings) {
        this.jdbc = jdbc;
        this.template = template;
        this.settings = settings;
    }

    /** Adds lines; whoever calls holds the build's lock. */
    void append(BuildId build, int lineCount, List<BuildLine> lines) {
        if (lines.isEmpty()) {
            return;
        }
        var kept = new ArrayList<>(lines.subList(0, Math.clamp(settings.maxLogLines() - lineCount, 0, lines.size())));
        if (kept.size() < lines.size() && lineCount <= settings.maxLogLines()) {
            kept.add(new BuildLine(lines.getFirst().at(), "… further lines are not kept"));
        }
        var rows = new ArrayList<Object[]>(kept.size());
        for (var line : kept) {
            rows.add(new Object[] {build.value(), lineCount + rows.size() + 1, line.at().atOffset(ZoneOffset.UTC), storable(line.message())});
        }
        template.batchUpdate("insert into build_lines (build_id, number, at, message) values (?, ?, ?, ?)", rows);
        jdbc.sql("update builds set line_count = line_count + :added where id = :id")
                .param("added", kept.size())
                .param("id", build.value())
                .update();
    }

    /** Clears the logs of builds that ended so long ago; one line stays that says so. */
    @Scheduled(initialDelayString = "PT10M", fixedDelayString = "PT1H")
    void clear() {
        while (clearSome() > 0) {}
    }

    private int clearSome() {
        return jdbc.sql("""
                        with old as (
                            select id from builds where line_count > 1 and finished_at < now() - make_interval(days => :days)
                            limit 100 for update skip locked
                        ),
                        gone as (delete from build_lines using old where build_id = old.id and number > 1),
                        left_over as (
                            update build_lines set message = 'The log was cleared away ' || :days || ' days after the build had ended.'
                            from old where build_id = old.id and number = 1
                        )
                        update builds set line_count = 1 from old where builds.id = old.id""")
                .param("days", settings.keepLogDays())
                .update();
    }

    /** What comes after line {@code after}, as far as it is there; empty if there is no such build, or it is not the team's. */
    Optional<BuildLog> read(BuildId build, @Nullable TeamId team, int after) {
        // The status first: who sees it ended sees all lines that came before the end.
        var status = jdbc.sql("select status from builds where id = :id and (cast(:team as uuid) is null or team_id = cast(:team as uuid))")
                .param("id", build.value())
                .param("team", team == null ? null : team.value())
                .query(String.class)
                .optional();
        return status.map(found -> {
            var lines = jdbc.sql("""
                            select at, message from (
                                select number, at, message, sum(octet_length(message)) over (order by number) - octet_length(message) as bytes_before
                                from (select * from build_lines where build_id = :id and number > :after order by number limit :limit) as few
                            ) as page
                            where bytes_before < :bytes order by number""")
                    .param("id", build.value())
                    .param("after", after)
                    .param("limit", AT_ONCE)
                    .param("bytes", BYTES_AT_ONCE)
                    .query((row, n) -> new BuildLine(row.getObject("at", OffsetDateTime.class).toInstant(), row.getString("message")))
                    .list();
            return new BuildLog(lines, after + lines.size(), found);
        });
    }

    /** The text as the database can hold it: no NUL, no half pairs, and not endless. */
    static String storable(String message) {
        var text = message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
        return new String(text.replace("\0", "").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
