// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.training.TrainingSettings;
import dev.assay.training.model.Catalog.Trainable;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/**
 * Keeps a caller until their call is over. A client gives up on a connection that says nothing for ten minutes, so that it is sent white space,
 * which JSON may begin with; a call goes on whoever has given up. Without a trainer nobody is kept for longer than one may take to come.
 */
@Component
class Waits {

    private final CallRows rows;
    private final Trainers trainers;
    private final Answers answers;
    private final TrainingSettings settings;
    private final WorkSignal ends;

    Waits(CallRows rows, Trainers trainers, Answers answers, TrainingSettings settings, WorkSignal trainingEnds) {
        this.rows = rows;
        this.trainers = trainers;
        this.answers = answers;
        this.settings = settings;
        this.ends = trainingEnds;
    }

    void answer(UUID id, Trainable model, HttpServletResponse response) throws IOException, InterruptedException {
        var quiet = settings.quiet();
        long heard = System.nanoTime();
        var call = until(id, least(quiet, settings.absent()));
        while (!call.state().isOver()) {
            if (giveUp(call, model)) {
                call = until(id, Duration.ZERO);
                continue;
            }
            if (System.nanoTime() - heard >= quiet.toNanos()) {
                response.setContentType(MediaType.APPLICATION_JSON_VALUE);
                response.getOutputStream().write(' ');
                response.flushBuffer();
                heard = System.nanoTime();
            }
            call = until(id, least(quiet, settings.absent()));
        }
        try {
            if (!response.isCommitted()) {
                response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            }
            answers.write(call, model, response.getOutputStream());
        } catch (Problem e) {
            if (!response.isCommitted()) {
                throw e;
            }
            answers.writeLate(e, response.getOutputStream());
        }
    }

    private CallRow until(UUID id, Duration longest) throws InterruptedException {
        return ends.until(() -> rows.find(id).orElseThrow(() -> Problem.notFound("The model is gone.")), call -> call.state().isOver(), longest);
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Nobody takes it who has not been there for as long as it waits: then it is not done later either. */
    private boolean giveUp(CallRow call, Trainable model) {
        return call.state() == CallRow.State.WAITING
                && call.createdAt().plus(settings.absent()).isBefore(call.databaseTime())
                && !trainers.isThere(model.trainer(), settings.absent())
                && rows.giveUp(call.id(), "No trainer for '" + model.trainer() + "' models is there just now. Nothing was changed; try again later.");
    }
}
