// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.ObjectNode;

/** What a robot's agent saw, decided and filmed. Time is told in ticks of the robot's control, of which there are so many in a second. */
public sealed interface RobotStep extends Step permits RobotStep.Observation, RobotStep.Inference, RobotStep.VideoSegment {

    /**
     * One part of a robot's state.
     *
     * @param names of each value; empty where nobody named them
     * @param values in the units of the environment
     */
    record Feature(List<String> names, List<Double> values) {}

    /**
     * What was seen at one tick, but for what cameras saw.
     *
     * @param tick counted from 0
     * @param images empty: pictures are in the cameras' films
     * @param state by the name of each part
     */
    record Observation(int tick, ObjectNode images, Map<String, Feature> state) implements RobotStep {

        public Observation(int tick, Map<String, Feature> state) {
            this(tick, Json.object(), state);
        }

        @Override
        public String source() {
            return "observation";
        }
    }

    /**
     * What the policy wants done from this tick on, until the next of these.
     *
     * @param chunk one row per tick, each with a value for each dimension of an action
     * @param names of the dimensions; empty where nobody named them
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Inference(int tick, List<List<Double>> chunk, int chunkLength, List<String> names) implements RobotStep {

        @Override
        public String source() {
            return "inference";
        }
    }

    /**
     * A piece of one camera's film. The pieces of a camera, put together by their index, are one file of fragmented MP4 with H.264; tick
     * {@code n} is shown at {@code n / fps} seconds.
     *
     * @param index 0 is the beginning that any other piece needs; each other begins with a whole picture
     * @param fps ticks in a second of the film, at most 60
     * @param segment {@code type} {@code video}, {@code data} (base64), {@code mimeType} {@code video/mp4}
     */
    record VideoSegment(String camera, int index, int fps, ObjectNode segment) implements RobotStep {

        @Override
        public String source() {
            return "video_segment";
        }

        @Override
        public boolean numbered() {
            return false;
        }
    }

    @Override
    default @Nullable String error() {
        return null;
    }

    @Override
    default String schema() {
        return "hud.robot.step.v1";
    }
}
