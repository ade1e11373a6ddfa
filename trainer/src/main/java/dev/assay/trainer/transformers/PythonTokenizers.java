// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import dev.assay.trainer.engine.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Tokenizers of models whose weights are elsewhere: each has a process of its own, from when it is first asked for. It takes no torch. */
public final class PythonTokenizers implements Tokenizers {

    private final Python python;
    private final Duration patience;
    private final Map<Path, Running> running = new HashMap<>();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("tokenizer-watch").factory());

    /** @param folder to write into what it runs */
    public PythonTokenizers(TransformersSettings settings, Path folder) throws IOException {
        this.python = new Python(settings.python(), folder);
        this.patience = settings.patience();
    }

    private record Running(PythonProcess process, Tokenizer tokenizer) {}

    @Override
    public @Nullable String unfitBecause() throws IOException {
        return python.unfitBecause("transformers, jinja2, numpy");
    }

    /** @param folder of files as transformers saves them, a chat template among them */
    @Override
    public synchronized Tokenizer of(Path folder) throws IOException {
        var known = running.get(folder);
        if (known != null && known.process().isAlive()) {
            return known.tokenizer();
        }
        var process = new PythonProcess("the tokenizer of " + folder.getFileName(), python.command(), watch, patience);
        try {
            var about = process.ask(PythonProcess.request("tokenizer").put("folder", folder.toAbsolutePath().toString())).head();
            var tokenizer = new Tokenizer(new PythonRenderer(process), about.path("vocabulary").intValue(), about.path("end").intValue());
            running.put(folder, new Running(process, tokenizer));
            return tokenizer;
        } catch (IOException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        running.values().forEach(one -> one.process().close());
        watch.shutdownNow();
    }
}
