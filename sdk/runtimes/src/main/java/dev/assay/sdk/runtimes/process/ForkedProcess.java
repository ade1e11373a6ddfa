// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.OutputLines;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A parent's child behind walls of its own, which its keeper watches for us. */
final class ForkedProcess extends RunningSandbox {

    /** Instead of an exit code: its keeper, who would have seen it, had ended. */
    static final int UNKNOWN = -1;

    private final Keeper keeper;
    private final Consumer<String> lines;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private volatile @Nullable Thread output;

    ForkedProcess(String id, SandboxFolder folder, ControlGroup group, OwnNetwork network, Keeper keeper, Consumer<String> lines) {
        super(id, folder, group, network);
        this.keeper = keeper;
        this.lines = lines;
    }

    /** A pipe with a name, outside of what the child sees. */
    static Path pipe(SandboxFolder folder) {
        return folder.folder().resolve("output");
    }

    /** A pipe for what it is told, which so does not pass through its keeper: of that one's memory others are copies. */
    static Path variables(SandboxFolder folder) {
        return folder.folder().resolve("variables");
    }

    void started() {
        output = Thread.ofPlatform().daemon().name("sandbox-output").start(() -> {
            try (var pipe = new FileInputStream(pipe(folder()).toFile())) {
                keeper.read(this);
                OutputLines.read(pipe, lines);
            } catch (IOException e) {
                // it is being cleared away
            }
        });
        started.complete(null);
    }

    /** @param variables all that it learns of its run */
    void begin(Map<String, String> variables) throws IOException {
        var pipe = variables(folder()).toFile();
        FileOutputStream telling;
        try (var open = new RandomAccessFile(pipe, "rw")) { // or the next line would wait for a reader, who may have ended
            open.getFD();
            telling = new FileOutputStream(pipe);
        }
        try (telling) {
            telling.write((Keeper.JSON.writeValueAsString(variables) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        keeper.begin(this);
    }

    void failed(String why) {
        exit.complete(UNKNOWN);
        started.completeExceptionally(new IOException(why));
    }

    void ended(int code) {
        started.completeExceptionally(new IOException("its keeper ended"));
        exit.complete(code);
    }

    /** @throws IOException if it does not come to stand behind its walls; nothing of it runs then */
    void awaitStart(Duration time) throws IOException {
        boolean interrupted = false;
        long until = System.nanoTime() + time.toNanos();
        try {
            while (true) {
                try {
                    started.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    throw new IOException("it did not stand behind its walls in time");
                } catch (ExecutionException e) {
                    throw new IOException(e.getCause().getMessage());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    boolean alive() {
        return !exit.isDone();
    }

    @Override
    CompletableFuture<Integer> onExit() {
        return exit;
    }

    @Override
    Set<Long> processes() {
        return Set.copyOf(group().members());
    }

    /** Whoever waits for somebody to print is let go, too. */
    @Override
    void kill() {
        keeper.end(this, 9);
        group().kill();
        try (var pipe = new RandomAccessFile(pipe(folder()).toFile(), "rw")) {
            pipe.getFD();
        } catch (IOException e) {
            // there is none
        }
    }

    @Override
    boolean askToEnd() {
        keeper.end(this, 15);
        return true;
    }

    @Override
    void awaitOutput(Duration time) throws InterruptedException {
        var reading = output;
        if (reading != null) {
            reading.join(time);
        }
    }
}
