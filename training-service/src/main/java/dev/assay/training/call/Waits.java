// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.training.TrainingSettings;
import dev.assay.training.model.Catalog.Trainable;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
        var look = settings.quiet().compareTo(settings.absent()) < 0 ? settings.quiet() : settings.absent();
        long heard = System.nanoTime();
        while (!ends.until(() -> rows.isOver(id), over -> over, look)) {
            if (!trainers.isThere(model.trainer(), settings.absent())) {
                // then it is not done later, either
                rows.giveUp(id, settings.absent(), "No trainer for '" + model.trainer() + "' models is there just now. Nothing was changed; try again later.");
            }
            if (System.nanoTime() - heard >= settings.quiet().toNanos()) {
                response.setContentType(MediaType.APPLICATION_JSON_VALUE);
                response.getOutputStream().write(' ');
                response.flushBuffer();
                heard = System.nanoTime();
            }
        }
        var call = rows.find(id).orElseThrow(() -> Problem.notFound("The model is gone."));
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
}
