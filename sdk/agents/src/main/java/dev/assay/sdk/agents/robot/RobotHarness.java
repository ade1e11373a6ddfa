// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.Interruptible;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.loop.LoopSettings;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.SystemStep;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A policy that somebody serves drives a robot, tick by tick. What the robot's environment breaks leaves the run as an exception; what the
 * policy breaks ends it with an error once an inference of its was done, and leaves it as an exception before that.
 */
public final class RobotHarness implements Harness {

    public static final String PROTOCOL = "openpi/0";

    /** For what follows the end: goodbyes, and the last pieces of films. */
    private static final Duration REST = Films.PATIENCE.plusSeconds(10);

    private final PolicyRoute route;
    private final Clock clock;

    /** @param route which policies may be asked, and how they are reached */
    public RobotHarness(PolicyRoute route, Clock clock) {
        this.route = route;
        this.clock = clock;
    }

    @Override
    public String type() {
        return "robot";
    }

    @Override
    public Set<String> lacking() {
        return Set.of();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the run has no robot or several, or no plain text for a prompt
     * @throws PolicyException if the policy failed before an inference of its was done
     * @throws RobotLostException if the robot's environment failed
     */
    @Override
    public AgentResult run(AgentRun run) throws Exception {
        var config = RobotConfig.of(run.config());
        var robot = robot(run);
        var contract = Contract.of(robot);
        var prompt = run.started().path("prompt");
        if (!prompt.isString()) {
            throw new IllegalArgumentException("a robot's prompt must be a plain text");
        }
        var token = run.started().path("bindings").path(robot.name()).path("token").asStringOpt().orElse(null);
        var episode = new Episode(config, contract, prompt.stringValue(), run);
        try {
            return Interruptible.call(() -> episode.drive(robot, token), config.timeout(), REST);
        } catch (TimeoutException e) {
            return episode.timedOut(e);
        }
    }

    private static Capability robot(AgentRun run) {
        var robots = run.capabilities().stream().filter(one -> one.protocol().equals(PROTOCOL)).toList();
        if (robots.size() != 1) {
            var names = robots.stream().map(Capability::name).toList();
            throw new IllegalArgumentException(robots.isEmpty()
                    ? "the environment offers no robot (" + PROTOCOL + ")"
                    : "the environment offers several robots, and which is meant is not said: " + String.join(", ", names));
        }
        return robots.getFirst();
    }

    /** One run. */
    private final class Episode {

        private final RobotConfig config;
        private final Contract contract;
        private final String prompt;
        private final AgentRun run;
        private volatile boolean inferred;

        Episode(RobotConfig config, Contract contract, String prompt, AgentRun run) {
            this.config = config;
            this.contract = contract;
            this.prompt = prompt;
            this.run = run;
        }

        AgentResult drive(Capability robot, @Nullable String token) throws IOException, InterruptedException {
            try (var recorder = new EpisodeRecorder(contract, run.steps(), clock);
                    var policy = Policy.connect(config, route);
                    var world = World.connect(robot, run.route(), token)) {
                // closed in turn: others wait for a robot that is held, and nobody for the films
                return ticks(world, policy, recorder);
            }
        }

        private AgentResult ticks(World world, Policy policy, EpisodeRecorder recorder) throws IOException, InterruptedException {
            Deque<double[]> planned = new ArrayDeque<>();
            var seen = world.see();
            int tick = 0;
            for (; tick < config.maxSteps(); tick++) {
                record(world, recorder, tick, seen);
                if (seen.terminated()) {
                    break;
                }
                if (planned.isEmpty()) {
                    try {
                        plan(world, policy, seen, planned);
                    } catch (PolicyException e) {
                        if (inferred) {
                            return failed(String.valueOf(e.getMessage()), null, tick, recorder);
                        }
                        throw e;
                    }
                    inferred = true;
                    recorder.planned(tick, planned.toArray(double[][]::new));
                }
                world.act(planned.remove());
                seen = world.see();
                if (seen.reward() != null) {
                    recorder.rewarded(seen.reward());
                }
            }
            return AgentResult.completed("done", null).with(told(tick, recorder));
        }

        private void record(World world, EpisodeRecorder recorder, int tick, Observation seen) throws RobotLostException {
            try {
                recorder.saw(tick, seen.data());
            } catch (IOException | IllegalArgumentException e) {
                throw world.lost(e);
            }
        }

        private void plan(World world, Policy policy, Observation seen, Deque<double[]> planned) throws IOException, InterruptedException {
            var rows = policy.infer(request(world, seen), contract.actionSize());
            Arrays.stream(rows).limit(config.horizon() == null ? rows.length : config.horizon()).forEach(planned::add);
        }

        private byte[] request(World world, Observation seen) throws RobotLostException {
            try {
                return Policy.request(config.adapter().request(seen, prompt, contract, config.imageKeys()));
            } catch (IOException e) {
                throw world.lost(e);
            }
        }

        private ObjectNode told(int ticks, EpisodeRecorder recorder) {
            var told = Json.object().put("ticks", ticks);
            if (recorder.lost() > 0) {
                told.put("pictures_lost", recorder.lost());
            }
            return Double.isFinite(recorder.reward()) ? told.put("total_reward", recorder.reward()) : told;
        }

        private AgentResult failed(String error, @Nullable String stopReason, int ticks, EpisodeRecorder recorder) {
            run.steps().record(new SystemStep(error), null, clock.instant());
            return AgentResult.failed(null, stopReason, error).with(told(ticks, recorder));
        }

        /** A policy that never answered is nothing to grade. */
        AgentResult timedOut(TimeoutException cause) throws NoModelAnswerException {
            var error = "agent timed out after " + LoopSettings.seconds(config.timeout()) + "s";
            var whole = inferred ? error : error + ", with no inference done";
            run.steps().record(new SystemStep(whole), null, clock.instant());
            if (!inferred) {
                throw new NoModelAnswerException(whole, "timeout", cause);
            }
            return AgentResult.failed(null, "timeout", whole);
        }
    }
}
