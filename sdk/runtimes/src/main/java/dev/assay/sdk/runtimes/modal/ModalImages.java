// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import dev.assay.sdk.runtimes.OutputTail;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.modal.Protocol.Image;
import dev.assay.sdk.runtimes.modal.Protocol.Join;
import dev.assay.sdk.runtimes.modal.Protocol.Result;
import io.grpc.Channel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Images as Modal starts them: it fetches one once for each account, and knows it again by what it is made of. */
final class ModalImages {

    /** How long one question waits; less than it may take. */
    private static final float WAIT_SECONDS = 50;

    /** An answer may end at once and say nothing. */
    private static final long PAUSE_MILLIS = 200;

    private ModalImages() {}

    /**
     * Returns once there is one, at once if there was before.
     *
     * @param name written out
     * @return its id
     * @throws SandboxException if it cannot be made
     */
    static String get(ModalApi api, String app, String name, Duration pending) throws IOException, SandboxException, InterruptedException {
        // what is started in it is said each time
        var recipe = new Fields().texts(Image.DOCKERFILE_COMMANDS, List.of("FROM " + name, "ENTRYPOINT []"));
        var made = api.ask(
                Protocol.IMAGE_GET_OR_CREATE,
                new Fields().text(Image.APP, app).text(Image.BUILDER, api.builder()).message(Image.IMAGE, recipe));
        var build = new Build(made.text(Image.ID), made.message(Image.RESULT));
        long deadline = System.nanoTime() + pending.toNanos();
        while (build.status() == Result.UNSPECIFIED) {
            if (System.nanoTime() - deadline >= 0) {
                throw SandboxException.ofHost("Modal did not build image '" + name + "' within " + pending.toSeconds() + "s", null);
            }
            api.ask(build::look);
            if (build.status() == Result.UNSPECIFIED) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        var exception = build.result.text(Result.EXCEPTION);
        return switch (build.status()) {
            case Result.SUCCESS -> build.image;
            case Result.FAILURE -> throw new SandboxException(
                    "Modal cannot build image '" + name + "': " + api.shown(exception + " " + build.log.last()), build.log.toString());
            default -> throw SandboxException.ofHost(
                    "Modal did not build image '" + name + "': status " + build.status() + " " + api.shown(exception), null);
        };
    }

    /** What has been heard of one. */
    private static final class Build {

        private final String image;
        private final OutputTail log = new OutputTail();
        private String last = "";
        private Fields result;

        Build(String image, Fields result) {
            this.image = image;
            this.result = result;
        }

        /** Until it is over, or nothing more is said for now. */
        boolean look(Channel asked) {
            var question = new Fields().text(Join.IMAGE, image).single(Join.TIMEOUT, WAIT_SECONDS).text(Join.LAST_ENTRY, last);
            try {
                ClientCalls.blockingServerStreamingCall(asked, Protocol.IMAGE_JOIN_STREAMING, Calls.inTime(), question).forEachRemaining(this::hear);
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Code.DEADLINE_EXCEEDED) {
                    throw e;
                }
            }
            return true;
        }

        private void hear(Fields told) {
            last = told.has(Join.ENTRY) ? told.text(Join.ENTRY) : last;
            told.messages(Join.LOGS).forEach(line -> line.text(Join.DATA).lines().forEach(log::add));
            if (told.has(Join.RESULT)) {
                result = told.message(Join.RESULT);
            }
        }

        int status() {
            return (int) result.number(Result.STATUS);
        }
    }
}
