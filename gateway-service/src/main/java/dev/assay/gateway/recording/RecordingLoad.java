// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.audit.Audit;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Takes recordings in, and away. A file is taken whole or not at all, and a second time it changes nothing but when that was. */
@Component
class RecordingLoad {

    /** Of one answer with its request, as a line. */
    private static final int LONGEST_LINE = 24 << 20;

    private final RecordingRows rows;
    private final Audit audit;
    private final Clock clock;

    RecordingLoad(RecordingRows rows, Audit audit, Clock clock) {
        this.rows = rows;
        this.audit = audit;
        this.clock = clock;
    }

    /** What there is to see of a recording. */
    @Schema(name = "StoredRecording")
    record View(String name, long calls, long bytes, Instant created_at, Instant updated_at) {

        static View of(RecordingRows.Row row) {
            return new View(row.name(), row.calls(), row.bytes(), row.createdAt(), row.updatedAt());
        }
    }

    /** @throws Problem 400 naming line and member, 413 */
    @Transactional
    public View load(Caller caller, String name, Path file) throws IOException {
        var team = caller.team();
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            var first = line(in, 1);
            if (first == null) {
                throw Problem.badRequest("line 1", "must be {\"assay_recording\": " + RecordingFile.VERSION + ", \"ignore\": []}");
            }
            var ignore = RecordingFile.ignore(first);
            var before = rows.find(team, name).map(View::of).orElse(null);
            var row = rows.findOrMake(team, name, ignore, clock.instant()).orElseThrow(() -> Problem.conflict(
                    "Your team has " + RecordingRows.MOST_RECORDINGS + " recordings already: delete one."));
            rows.clear(row.id(), ignore);
            var numbers = new HashMap<String, BitSet>();
            var calls = 0;
            var bytes = 0L;
            for (var number = 2; ; number++) {
                var line = line(in, number);
                if (line == null) {
                    break;
                }
                if (line.isBlank()) {
                    continue;
                }
                var call = RecordingFile.call(number, line);
                var seen = numbers.computeIfAbsent(call.key(), key -> new BitSet());
                if (seen.get(call.n())) {
                    throw Problem.badRequest("line " + number + ": n", "stands twice for this key");
                }
                seen.set(call.n());
                bytes += call.bytes();
                if (++calls > RecordingRows.MOST_CALLS || bytes > RecordingRows.MOST_BYTES) {
                    throw tooLarge(number);
                }
                rows.insert(row.id(), "", call.n(), call);
            }
            failIfMissing(numbers);
            rows.count(row.id(), clock.instant());
            var after = View.of(rows.find(team, name).orElseThrow());
            audit.changed(caller, "recording.load", "recording", name, before, after);
            return after;
        }
    }

    @Transactional
    public boolean delete(Caller caller, String name) {
        var before = rows.find(caller.team(), name).map(View::of);
        before.ifPresent(view -> {
            rows.delete(caller.team(), name);
            audit.changed(caller, "recording.remove", "recording", name, view, null);
        });
        return before.isPresent();
    }

    static List<View> of(RecordingRows rows, TeamId team) {
        return rows.of(team).stream().map(View::of).toList();
    }

    private static void failIfMissing(Map<String, BitSet> numbers) {
        numbers.forEach((key, seen) -> {
            if (seen.nextClearBit(0) < seen.length()) {
                throw Problem.badRequest("n", "of key " + key + " there is no answer " + seen.nextClearBit(0));
            }
        });
    }

    static Problem tooLarge(int number) {
        return Problem.tooLarge("line %d: a recording holds at most %d answers of %d bytes together.".formatted(
                number, RecordingRows.MOST_CALLS, RecordingRows.MOST_BYTES));
    }

    /** Null: the file ends. */
    private static @Nullable String line(InputStream in, int number) throws IOException {
        var line = new ByteArrayOutputStream();
        int octet;
        while ((octet = in.read()) >= 0 && octet != '\n') {
            if (line.size() == LONGEST_LINE) {
                throw Problem.tooLarge("line " + number + ": longer than " + LONGEST_LINE + " bytes");
            }
            line.write(octet);
        }
        if (octet < 0 && line.size() == 0) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw Problem.badRequest("line " + number, "is not UTF-8");
        }
    }
}
