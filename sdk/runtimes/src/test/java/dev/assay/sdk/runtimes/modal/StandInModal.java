// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import dev.assay.sdk.runtimes.account.StandInBox;
import dev.assay.sdk.runtimes.modal.Protocol.Access;
import dev.assay.sdk.runtimes.modal.Protocol.App;
import dev.assay.sdk.runtimes.modal.Protocol.Auth;
import dev.assay.sdk.runtimes.modal.Protocol.Create;
import dev.assay.sdk.runtimes.modal.Protocol.Environment;
import dev.assay.sdk.runtimes.modal.Protocol.Image;
import dev.assay.sdk.runtimes.modal.Protocol.Join;
import dev.assay.sdk.runtimes.modal.Protocol.Listing;
import dev.assay.sdk.runtimes.modal.Protocol.Result;
import dev.assay.sdk.runtimes.modal.Protocol.Task;
import dev.assay.sdk.runtimes.modal.Protocol.Wait;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stand-in for Modal made from its published protocol: its control plane, and what starts commands in its sandboxes, both by gRPC. It knows one
 * token, and builds every image but those whose name has {@code missing} in it.
 */
final class StandInModal implements AutoCloseable {

    static final String TOKEN = "ak-0123456789abcdef:as-fedcba9876543210";

    private static final String AUTH = "head.claims.signature";
    private static final int PAGE = 2;
    private static final Context.Key<String> ASKED = Context.key("idempotency");

    /** One sandbox. */
    private record One(StandInBox box, double created) {}

    private final Server server;
    private final StandInRouter router;
    private final Path folder;
    private final Map<String, One> sandboxes = new ConcurrentHashMap<>();
    private final Map<String, String> images = new ConcurrentHashMap<>();
    private final Map<String, String> made = new ConcurrentHashMap<>();
    private final AtomicInteger created = new AtomicInteger();
    private final AtomicInteger unheard = new AtomicInteger();
    private volatile Status refusing = Status.OK;

    /** What was asked for, in its order. */
    final List<Fields> orders = new CopyOnWriteArrayList<>();

    StandInModal(Path folder) throws IOException {
        this.folder = folder;
        this.router = new StandInRouter(task -> sandboxes.get(task.replace("ta-", "sb-")).box());
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(ServerInterceptors.intercept(service(), new Door()))
                .addService(ServerInterceptors.intercept(router.service(), router.door()))
                .build()
                .start();
    }

    /** Lets in whoever shows the token. */
    private static final class Door implements ServerInterceptor {

        @Override
        public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata head, ServerCallHandler<Q, A> next) {
            var token = shown(head, "x-modal-token-id") + ":" + shown(head, "x-modal-token-secret");
            boolean asksForAuth = call.getMethodDescriptor().equals(Protocol.AUTH_TOKEN_GET);
            if (token.equals(TOKEN) && !asksForAuth && !shown(head, "x-modal-auth-token").equals(AUTH)) {
                call.close(Status.UNAUTHENTICATED.withDescription("no auth token"), new Metadata());
                return new Listener<>() {};
            }
            if (!token.equals(TOKEN) || shown(head, "x-modal-client-type").isEmpty()) {
                call.close(Status.UNAUTHENTICATED.withDescription("Token not found: " + token), new Metadata());
                return new Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(ASKED, shown(head, "x-idempotency-key")), call, head, next);
        }
    }

    static String shown(Metadata head, String name) {
        return Objects.requireNonNullElse(head.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)), "");
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    List<String> sandboxes() {
        return List.copyOf(sandboxes.keySet());
    }

    StandInRouter router() {
        return router;
    }

    /** How it answers whoever wants a sandbox from now on; OK: with one. */
    void refuses(Status status) {
        refusing = status;
    }

    /** So many times it makes a sandbox, and the answer is lost. */
    void isUnheard(int times) {
        unheard.set(times);
    }

    /** As if its machine had failed. */
    void lose(String sandbox) {
        sandboxes.remove(sandbox).box().close();
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("modal.client.ModalClient")
                .addMethod(Protocol.APP_GET_OR_CREATE, answering(asked -> new Fields().text(App.ID, "ap-" + asked.text(App.NAME))))
                .addMethod(Protocol.AUTH_TOKEN_GET, answering(asked -> new Fields().text(Auth.TOKEN, AUTH)))
                .addMethod(Protocol.ENVIRONMENT_GET_OR_CREATE, answering(asked -> environment()))
                .addMethod(Protocol.IMAGE_GET_OR_CREATE, answering(this::image))
                .addMethod(Protocol.IMAGE_JOIN_STREAMING, ServerCalls.asyncServerStreamingCall(this::join))
                .addMethod(Protocol.SANDBOX_CREATE, answering(this::create))
                .addMethod(Protocol.SANDBOX_GET_TASK_ID, answering(this::task))
                .addMethod(Protocol.SANDBOX_LIST, answering(this::list))
                .addMethod(Protocol.SANDBOX_TERMINATE, answering(this::terminate))
                .addMethod(Protocol.SANDBOX_WAIT, answering(this::await))
                .addMethod(Protocol.TASK_GET_COMMAND_ROUTER_ACCESS, answering(asked ->
                        new Fields().text(Access.URL, address().toString()).text(Access.JWT, router.key(asked.text(Access.TASK)))))
                .build();
    }

    /** What answers a question. */
    @FunctionalInterface
    interface Answering {

        Fields to(Fields asked) throws Exception;
    }

    static ServerCallHandler<Fields, Fields> answering(Answering answering) {
        return ServerCalls.asyncUnaryCall((asked, to) -> {
            try {
                to.onNext(answering.to(asked));
                to.onCompleted();
            } catch (Exception e) {
                to.onError(e);
            }
        });
    }

    private static Fields environment() {
        return new Fields().message(Environment.METADATA, new Fields().message(
                Environment.SETTINGS, new Fields().text(Environment.IMAGE_BUILDER, "2025.06")));
    }

    /** The first time somebody has to wait for it. */
    private Fields image(Fields asked) {
        if (!asked.text(Image.BUILDER).equals("2025.06")) {
            throw Status.INVALID_ARGUMENT.withDescription("no such builder").asRuntimeException();
        }
        var commands = String.join("\n", asked.message(Image.IMAGE).texts(Image.DOCKERFILE_COMMANDS));
        var image = "im-" + commands.hashCode();
        var answer = new Fields().text(Image.ID, image);
        return images.putIfAbsent(image, commands) == null ? answer : answer.message(Image.RESULT, built(commands));
    }

    private static Fields built(String commands) {
        return commands.contains("missing")
                ? new Fields().number(Result.STATUS, Result.FAILURE).text(Result.EXCEPTION, "Image build failed.")
                : new Fields().number(Result.STATUS, Result.SUCCESS);
    }

    /** A question that comes to an end before the build does, and one that hears of that. */
    private void join(Fields asked, StreamObserver<Fields> to) {
        boolean first = asked.text(Join.LAST_ENTRY).isEmpty();
        var line = new Fields().text(Join.DATA, first ? "pulling\n" : "manifest unknown\n");
        to.onNext(new Fields().text(Join.ENTRY, first ? "1" : "2").message(Join.LOGS, line));
        if (!first) {
            to.onNext(new Fields().message(Join.RESULT, built(images.get(asked.text(Join.IMAGE)))));
        }
        to.onCompleted();
    }

    private Fields create(Fields order) {
        if (!refusing.isOk()) {
            throw refusing.asRuntimeException();
        }
        var id = made.computeIfAbsent(ASKED.get(), key -> make(order));
        if (unheard.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw Status.UNAVAILABLE.withDescription("connection reset").asRuntimeException();
        }
        return new Fields().text(Create.SANDBOX, id);
    }

    private String make(Fields order) {
        orders.add(order);
        var id = "sb-" + UUID.randomUUID().toString().substring(0, 8);
        try {
            var box = new StandInBox(Files.createDirectory(folder.resolve(id)), ModalApi.tags(order, Create.TAGS));
            sandboxes.put(id, new One(box, created.incrementAndGet()));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return id;
    }

    private Fields task(Fields asked) {
        var id = asked.text(Task.SANDBOX);
        return sandboxes.containsKey(id) ? new Fields().text(Task.ID, id.replace("sb-", "ta-")) : new Fields().message(Task.RESULT, over());
    }

    private static Fields over() {
        return new Fields().number(Result.STATUS, Result.TERMINATED);
    }

    /** The latest first. */
    private Fields list(Fields asked) {
        var wanted = ModalApi.tags(asked, Listing.TAGS).entrySet();
        double before = asked.real(Listing.BEFORE) == 0 ? Double.MAX_VALUE : asked.real(Listing.BEFORE);
        var answer = new Fields();
        sandboxes.entrySet().stream()
                .filter(entry -> entry.getValue().box().metadata().entrySet().containsAll(wanted) && entry.getValue().created() < before)
                .sorted(Comparator.comparing(entry -> -entry.getValue().created()))
                .limit(PAGE)
                .forEach(entry -> answer.message(Listing.SANDBOXES, ModalApi.tagged(
                        new Fields().text(Listing.ID, entry.getKey()).real(Listing.CREATED_AT, entry.getValue().created()),
                        Listing.TAGS_OF_ONE, entry.getValue().box().metadata())));
        return answer;
    }

    private Fields terminate(Fields asked) {
        var one = sandboxes.remove(asked.text(Task.SANDBOX));
        if (one != null) {
            one.box().close();
        }
        return new Fields();
    }

    private Fields await(Fields asked) {
        return sandboxes.containsKey(asked.text(Task.SANDBOX)) ? new Fields() : new Fields().message(Wait.RESULT, over());
    }

    @Override
    public void close() {
        sandboxes.values().forEach(one -> one.box().close());
        server.shutdownNow();
    }
}
