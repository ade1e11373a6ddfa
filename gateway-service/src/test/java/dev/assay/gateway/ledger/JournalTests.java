// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.gateway.budget.Reservation.Charge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTests {

    @TempDir
    Path folder;

    static CallRow call(UUID id, String ending, Long cost) {
        return call(id, ending, cost, new UUID(3, 3));
    }

    static CallRow call(UUID id, String ending, Long cost, UUID budget) {
        return new CallRow(
                id, Instant.parse("2026-01-01T00:00:00Z"), new UUID(1, 1), null, null, null, null, null, null, "chat", "generate", "m", "m",
                null, "provider", 200, ending, null, 1, null, false, 5L, 10, 100, 200, 10L, 0L, 0L, 20L, 0L, 0L, false, "p", cost,
                "stop", "r", null, null, new UUID(2, 2), List.of(new Charge(budget, cost == null ? 0 : cost, 30)));
    }

    private List<CallRow> recovered() throws IOException {
        var found = new ArrayList<CallRow>();
        Journal.recover(folder, found::addAll);
        return found;
    }

    /** Runs as a process of its own: begins three calls, ends two, and goes on living. */
    static void main(String[] folder) throws Exception {
        var journal = new Journal(Path.of(folder[0]), new UUID(9, 9));
        for (var number = 1; number <= 3; number++) {
            journal.append(call(new UUID(0, number), "lost", 100L).line());
        }
        journal.append(call(new UUID(0, 1), "done", 1L).line());
        journal.append(call(new UUID(0, 3), "failed", 3L).line());
        System.out.println("written");
        Thread.sleep(Long.MAX_VALUE);
    }

    @Test
    void ofAProcessThatIsKilledNoCallIsLost() throws Exception {
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(java, "-cp", classPath, JournalTests.class.getName(), folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("written");
            assertThat(recovered()).as("while it lives it is nobody else's").isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(recovered())
                .extracting(call -> call.id().getLeastSignificantBits(), CallRow::ending, CallRow::costNanos)
                .containsExactlyInAnyOrder(tuple(1L, "done", 1L), tuple(2L, "lost", 100L), tuple(3L, "failed", 3L));
        assertThat(folder).as("booked, and gone").isEmptyDirectory();
    }

    @Test
    void whatCannotBeBookedStaysAndKeepsNothingElseFromBeingBooked() throws Exception {
        for (var number = 1; number <= 2; number++) {
            var journal = new Journal(folder, new UUID(number, number));
            journal.append(call(new UUID(0, number), "done", 1L).line());
            journal.close();
        }
        var booked = new ArrayList<CallRow>();
        Journal.recover(folder, calls -> {
            if (calls.getFirst().id().getLeastSignificantBits() == 1) {
                throw new IllegalStateException("no database");
            }
            booked.addAll(calls);
        });
        assertThat(booked).extracting(call -> call.id().getLeastSignificantBits()).containsExactly(2L);
        assertThat(recovered()).extracting(call -> call.id().getLeastSignificantBits()).containsExactly(1L);
    }

    @Test
    void aFileGoesWhenEverythingInItIsBooked() throws Exception {
        var replica = UUID.randomUUID();
        var marks = new ArrayList<Journal.Mark>();
        try (var journal = new Journal(folder, replica)) {
            var line = call(UUID.randomUUID(), "done", 1L).line();
            for (var written = 0L; written < 6 * 1024 * 1024; written += line.length) {
                marks.add(journal.append(line));
            }
            assertThat(Files.list(folder.resolve(replica.toString())).toList())
                    .as("three full ones, the lock")
                    .hasSizeGreaterThanOrEqualTo(4);
            marks.forEach(Journal.Mark::release);
            assertThat(Files.list(folder.resolve(replica.toString())).toList())
                    .as("the one that is written to, two empty ones that are next, the lock")
                    .hasSize(4);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileThatIsWrittenToAgainHoldsNothingOfBeforeAndIsTheLatest() throws Exception {
        var replica = UUID.randomUUID();
        var journal = new Journal(folder, replica);
        var before = call(UUID.randomUUID(), "done", 1L);
        for (var round = 0; round < 3; round++) {
            journal.append(call(new UUID(0, round), "lost", 1L).line());
            var marks = new ArrayList<Journal.Mark>();
            for (var written = 0L; written < 7 * 1024 * 1024; written += before.line().length) {
                marks.add(journal.append(before.line()));
            }
            marks.forEach(Journal.Mark::release);
            journal.append(call(new UUID(0, round), "done", 2L).line());
        }
        var full = latest(replica);
        while (latest(replica).equals(full)) {
            journal.append(before.line());
        }
        journal.close();
        var latest = new String(Files.readAllBytes(latest(replica)), StandardCharsets.ISO_8859_1);
        assertThat(latest.indexOf(0)).as("behind its only line").isEqualTo(before.line().length + 1);
        assertThat(recovered()).filteredOn(call -> !call.id().equals(before.id()))
                .extracting(call -> call.id().getLeastSignificantBits(), CallRow::ending, CallRow::costNanos)
                .containsExactlyInAnyOrder(tuple(0L, "done", 2L), tuple(1L, "done", 2L), tuple(2L, "done", 2L));
    }

    private Path latest(UUID replica) throws IOException {
        try (var files = Files.list(folder.resolve(replica.toString()))) {
            return files.filter(file -> file.toString().endsWith(".calls")).max(Comparator.naturalOrder()).orElseThrow();
        }
    }

    @Test
    void aLineThatWasCutOffHarmsNoOther() throws Exception {
        var replica = UUID.randomUUID();
        var journal = new Journal(folder, replica);
        journal.append(call(new UUID(0, 1), "done", 1L).line());
        journal.close();
        var file = Files.list(folder.resolve(replica.toString()))
                .filter(path -> path.toString().endsWith(".calls"))
                .findFirst().orElseThrow();
        // in the middle of a character, even
        Files.write(file, new byte[] {'{', '"', (byte) 0xc3}, StandardOpenOption.APPEND);
        assertThat(recovered()).extracting(call -> call.id().getLeastSignificantBits()).containsExactly(1L);
    }
}
