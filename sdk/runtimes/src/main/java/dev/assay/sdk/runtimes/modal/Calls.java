// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import dev.assay.sdk.runtimes.account.ProviderException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What is asked by gRPC: again where that may help, as Modal's own clients do, and with its refusals in words. */
final class Calls {

    /** For one answer, and for trying again since it failed first. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Set<Code> PASSING =
            EnumSet.of(Code.DEADLINE_EXCEEDED, Code.UNAVAILABLE, Code.CANCELLED, Code.INTERNAL, Code.UNKNOWN);

    private static final int TRIES = 10;
    private static final long PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2000;

    private final ManagedChannel channel;
    private final UnaryOperator<String> shown;

    /** @param shown what people may see of what was said */
    Calls(ManagedChannel channel, UnaryOperator<String> shown) {
        this.channel = channel;
        this.shown = shown;
    }

    static CallOptions inTime() {
        return CallOptions.DEFAULT.withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The question as it is asked once, of the channel that it goes through. */
    static Function<Channel, Fields> unary(MethodDescriptor<Fields, Fields> method, Fields question) {
        return asked -> ClientCalls.blockingUnaryCall(asked, method, inTime(), question);
    }

    /** One try. */
    @FunctionalInterface
    interface Call<T> {

        /**
         * @param attempt 0: the first
         * @throws StatusRuntimeException if there is no good answer
         */
        T make(int attempt) throws IOException, InterruptedException;
    }

    /** @throws ProviderException if there was no good answer at the end */
    <T> T make(Call<T> call) throws IOException, InterruptedException {
        long pause = PAUSE_MILLIS;
        long giveUp = Long.MAX_VALUE;
        for (int attempt = 0; ; attempt++) {
            try {
                return call.make(attempt);
            } catch (StatusRuntimeException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                giveUp = attempt == 0 ? System.nanoTime() + LIMIT.toNanos() : giveUp;
                boolean again = PASSING.contains(e.getStatus().getCode()) && attempt + 1 < TRIES && System.nanoTime() - giveUp < 0;
                if (!again || channel.isShutdown()) {
                    throw refused(e.getStatus());
                }
            }
            Thread.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }

    private ProviderException refused(Status status) {
        int http = switch (status.getCode()) {
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case RESOURCE_EXHAUSTED -> 429;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE, ALREADY_EXISTS, UNIMPLEMENTED -> 400;
            default -> 503;
        };
        var meaning = switch (http) {
            case 401, 403, 429 -> ProviderException.meaning("Modal", http);
            default -> "Modal answered " + status.getCode();
        };
        var cause = status.getCause() == null ? "" : Objects.requireNonNullElse(status.getCause().getMessage(), "");
        var said = shown.apply(Objects.requireNonNullElse(status.getDescription(), cause));
        return new ProviderException(http, said.isEmpty() ? meaning : meaning + ": " + said);
    }
}
