// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.Interruptible;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.protocol.step.SystemStep;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A model that works with tools, whatever its provider: opens what it works with, and drives it to its end or until its time is over. */
public final class ToolHarness implements Harness {

    /** For what follows the end of a command: closing the workspace and the model's connections. */
    private static final Duration REST = Duration.ofSeconds(5);

    private final Dialect dialect;
    private final @Nullable AutoRespond autoRespond;
    private final Clock clock;
    private final Opening opening;

    /** How a run's capabilities are opened. */
    interface Opening {

        Connections open(AgentRun run, Set<String> protocols, JsonNode encoding) throws Exception;
    }

    /** @param autoRespond null: {@code auto_respond} has no effect */
    public ToolHarness(Dialect dialect, @Nullable AutoRespond autoRespond, Clock clock) {
        this(dialect, autoRespond, clock, Connections::open);
    }

    ToolHarness(Dialect dialect, @Nullable AutoRespond autoRespond, Clock clock, Opening opening) {
        this.dialect = dialect;
        this.autoRespond = autoRespond;
        this.clock = clock;
        this.opening = opening;
    }

    @Override
    public String type() {
        return dialect.type();
    }

    @Override
    public Set<String> lacking() {
        return Set.of();
    }

    @Override
    public AgentResult run(AgentRun run) throws Exception {
        var settings = LoopSettings.of(run.config(), dialect.defaults());
        var http = new ModelHttp(run.model(), dialect.wire());
        try {
            return Interruptible.call(() -> drive(run, settings, http), settings.timeout(), SshWorkspace.LONGEST_ENDING.plus(REST));
        } catch (TimeoutException e) {
            var error = "agent timed out after " + LoopSettings.seconds(settings.timeout()) + "s";
            var whole = http.toldNothing() ? error + ", with no model call answered" : error;
            run.steps().record(new SystemStep(whole), null, clock.instant());
            if (http.toldNothing()) {
                throw new NoModelAnswerException(whole, "timeout", e);
            }
            return AgentResult.failed(null, "timeout", error);
        }
    }

    private AgentResult drive(AgentRun run, LoopSettings settings, ModelHttp http) throws NoModelAnswerException, InterruptedException {
        var encoding = run.config().path("screenshot_encoding").isObject()
                ? run.config().path("screenshot_encoding")
                : dialect.defaults().path("screenshot_encoding");
        try (var connections = opening.open(run, dialect.protocols(), encoding)) {
            var offers = dialect.offers(connections, run);
            var conversation = dialect.open(http, run, offers);
            FollowUp followUp = settings.autoRespond() && autoRespond != null
                    ? content -> autoRespond.followUp(content, run.model())
                    : FollowUp.NEVER;
            return new ToolLoop(conversation, tools(offers), followUp, settings, run.steps(), clock).run();
        } catch (NoModelAnswerException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            // the loop tells of its own failures: this one came before it, and is no answer of the model
            var error = "the agent could not begin: " + (e.getMessage() == null ? e.toString() : e.getMessage());
            run.steps().record(new SystemStep(error), null, clock.instant());
            throw NoModelAnswerException.notAsked(error, e);
        }
    }

    private static List<Tool> tools(List<Offer> offers) throws IOException {
        var names = new HashSet<String>();
        for (var offer : offers) {
            if (!names.add(offer.tool().name())) {
                throw new IOException("two of the environment's tools would be called '" + offer.tool().name() + "'");
            }
        }
        return offers.stream().map(Offer::tool).toList();
    }
}
