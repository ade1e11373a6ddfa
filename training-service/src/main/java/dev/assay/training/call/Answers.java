// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.DatumFile;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.problem.Problem;
import dev.assay.training.model.Catalog.Trainable;
import dev.assay.training.tree.CheckpointRows;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** What is answered to a call that is over. Clients take these members and no others. */
@Component
class Answers {

    /** @param checkpointId of the step @param samplerPath what is sampled from @param statePath what training goes on from @param model its slug */
    record StepResult(int step, String checkpointId, String samplerPath, String statePath, String model) {

        Map<String, Object> wire() {
            return Map.of("step", step, "checkpoint_id", checkpointId, "sampler_path", samplerPath, "state_path", statePath, "model", model);
        }
    }

    private final CheckpointRows checkpoints;
    private final Blobs blobs;
    private final JsonMapper json;

    Answers(CheckpointRows checkpoints, Blobs blobs, JsonMapper json) {
        this.checkpoints = checkpoints;
        this.blobs = blobs;
        this.json = json;
    }

    /** @throws Problem what it failed of */
    void write(CallRow call, Trainable model, OutputStream out) throws IOException {
        if (call.state() == CallRow.State.FAILED) {
            throw problem(call);
        }
        switch (call.kind()) {
            case Call.OPTIM_STEP -> out.write(json.writeValueAsBytes(step(call, model).wire()));
            case Call.FORWARD -> forward(call, out);
            default -> out.write(json.writeValueAsBytes(Map.of("metrics", metrics(call), "num_datums", call.asked().lengths().size())));
        }
    }

    /** For a client that has been answered with 200 and white space already: what failed is no result, which it sees. */
    void writeLate(Problem problem, OutputStream out) throws IOException {
        out.write(json.writeValueAsBytes(problem.getBody()));
    }

    private static Problem problem(CallRow call) {
        var detail = Objects.toString(call.detail(), "");
        return switch (HttpStatus.resolve(call.status())) {
            case BAD_REQUEST -> Problem.badRequest(detail);
            case CONFLICT -> Problem.conflict(detail);
            case CONTENT_TOO_LARGE -> Problem.tooLarge(detail);
            case SERVICE_UNAVAILABLE -> Problem.unavailable(detail);
            case null, default -> Problem.failed(call.status(), detail);
        };
    }

    private StepResult step(CallRow call, Trainable model) {
        var made = checkpoints.find(call.model(), Objects.requireNonNull(call.checkpoint())).orElseThrow();
        return new StepResult(made.step(), made.id().toString(), made.samplerPath(), made.statePath(), model.slug());
    }

    /** What the caller gave wins. */
    private static Map<String, Double> metrics(CallRow call) {
        var metrics = new HashMap<>(call.asked().statistics());
        metrics.putAll(call.metrics());
        metrics.putAll(call.asked().metrics());
        return metrics;
    }

    /** A datum at a time: all of them may be more than memory holds. */
    private void forward(CallRow call, OutputStream out) throws IOException {
        var asked = call.asked();
        try (var datums = new DatumFile.Reader(blobs.open(Objects.requireNonNull(call.datums())));
                var logprobs = new DataInputStream(new BufferedInputStream(blobs.open(Objects.requireNonNull(call.logprobs()))));
                var answer = json.createGenerator(out)) {
            answer.writeStartObject();
            answer.writeStringProperty("forward_id", call.id().toString());
            answer.writeArrayPropertyStart("data");
            for (var datum = datums.next(); datum != null; datum = datums.next()) {
                answer.writeStartObject();
                answer.writeNumberProperty("reward", asked.rewardScale() * asked.rewards().get(datum.trajectory()));
                answer.writeNumberProperty("traj_idx", datum.trajectory());
                answer.writeName("group_idx");
                if (asked.groupSize() == null) {
                    answer.writeNull();
                } else {
                    answer.writeNumber(datum.trajectory() / asked.groupSize());
                }
                answer.writeArrayPropertyStart("logprobs");
                for (int i = 0; i < datum.length(); i++) {
                    answer.writeNumber(logprobs.readFloat());
                }
                answer.writeEndArray();
                floats(answer, "sampling_logprobs", datum.sampled());
                floats(answer, "mask", datum.mask());
                answer.writeEndObject();
            }
            answer.writeEndArray();
            answer.writeEndObject();
        }
    }

    private static void floats(JsonGenerator answer, String name, float[] numbers) {
        answer.writeArrayPropertyStart(name);
        for (float number : numbers) {
            answer.writeNumber(number);
        }
        answer.writeEndArray();
    }
}
