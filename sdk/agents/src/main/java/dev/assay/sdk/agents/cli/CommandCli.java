// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.InsideModel;
import dev.assay.sdk.protocol.step.AgentStep;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command of the submitter's own. It reads the prompt, is told by variables where the model answers and with which key, and what it
 * writes is the answer. What it does in between only its model calls tell.
 */
final class CommandCli implements Cli {

    @Override
    public String type() {
        return "command";
    }

    /** What it makes of the environment is its own affair. */
    @Override
    public Set<String> lacking() {
        return Set.of();
    }

    @Override
    public boolean tellsOfItsModel() {
        return false;
    }

    @Override
    public Launch launch(AgentRun run, InsideModel model, RemoteShell shell) throws CliException {
        var command = run.config().path("command").asString("");
        if (command.isBlank()) {
            throw new CliException("the agent's config holds no command");
        }
        return new Launch(
                Invocation.of(model, List.of(), variables(run, model), List.of("bash", "-c", command)), run.promptText(), Map.of(),
                "");
    }

    /** Under the names that the published client and the providers' SDKs read, so that a program need not know this platform. */
    static Map<String, String> variables(AgentRun run, InsideModel model) {
        var variables = new LinkedHashMap<String, String>();
        variables.put("HUD_GATEWAY_URL", model.url());
        variables.put("HUD_API_KEY", model.key());
        variables.put("HUD_TRACE_ID", run.id());
        variables.put("OPENAI_BASE_URL", model.url());
        variables.put("OPENAI_API_KEY", model.key());
        variables.put("ANTHROPIC_BASE_URL", model.url());
        variables.put("ANTHROPIC_AUTH_TOKEN", model.key());
        var name = run.config().path("model").asString("");
        if (!name.isEmpty()) {
            variables.put("HUD_MODEL", name);
        }
        return variables;
    }

    @Override
    public CliEvents events(AgentRun run, CliTrace trace) {
        return new Output(trace);
    }

    /** All that the command writes, less the end of its last line. Whether a model answered it does not say: that it writes is its answer. */
    private static final class Output implements CliEvents {

        /** Characters; an answer is no stream. */
        private static final int LONGEST = 4 << 20;

        private final CliTrace trace;
        // read by whoever ends the run while it is written
        private final StringBuffer text = new StringBuffer();
        private @Nullable Instant since;
        private @Nullable Instant until;

        Output(CliTrace trace) {
            this.trace = trace;
        }

        @Override
        public void line(String line, Instant at) throws CliException {
            if (text.length() + line.length() > LONGEST) {
                throw new CliException("the agent's command wrote an answer of more than " + LONGEST + " characters");
            }
            text.append(since == null ? "" : "\n").append(line);
            until = at;
            if (since == null) {
                since = at;
                trace.content(text);
            }
            if (!text.isEmpty()) {
                trace.answered();
            }
        }

        @Override
        public void end(int status, String errors) throws CliException {
            if (until != null && !text.isEmpty()) {
                trace.record(AgentStep.says(text.toString(), List.of(), null), since, until);
            }
            if (status != 0) {
                trace.extra().put("returncode", status);
            }
            if (!errors.isBlank()) {
                trace.extra().put("stderr", errors);
            }
            if (status != 0) {
                throw new CliException("the agent's command ended with status " + status + (errors.isBlank() ? "" : ": " + last(errors)));
            }
        }

        private static String last(String errors) {
            return errors.strip().lines().reduce("", (before, line) -> line);
        }
    }
}
