// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnersTests {

    @TempDir
    Path folder;

    @Test
    void manyMayAskAtOnceWhoLives() throws Exception {
        Files.createFile(folder.resolve("dead"));
        try (var owners = new Owners(folder); var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> questions = new ArrayList<>();
            for (int i = 0; i < 4000; i++) {
                questions.add(() -> owners.lives("dead") || !owners.lives(owners.self()));
            }
            for (var answer : threads.invokeAll(questions)) {
                assertThat(answer.get()).isFalse();
            }
        }
    }

    @Test
    void nobodyForgetsAnOwnerThatIsJustBeingMade() throws Exception {
        var other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                        System.getProperty("java.class.path"), OwnersTests.class.getName(), folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var owners = new Owners(folder)) {
            while (other.isAlive()) {
                owners.forgetTheDead();
            }
        }
        assertThat(other.exitValue()).as("marks that were lost").isZero();
    }

    /** Another worker, which starts again and again. */
    public static void main(String[] args) throws IOException {
        int lost = 0;
        for (int i = 0; i < 2000; i++) {
            try (var owners = new Owners(Path.of(args[0]))) {
                lost += Files.exists(Path.of(args[0], owners.self())) ? 0 : 1;
            }
        }
        System.exit(Math.min(lost, 100));
    }
}
