// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.account.ProviderApi;
import dev.assay.sdk.runtimes.account.ProviderAnswer;
import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.modal.Protocol.Access;
import dev.assay.sdk.runtimes.modal.Protocol.App;
import dev.assay.sdk.runtimes.modal.Protocol.Auth;
import dev.assay.sdk.runtimes.modal.Protocol.Environment;
import dev.assay.sdk.runtimes.modal.Protocol.Listing;
import dev.assay.sdk.runtimes.modal.Protocol.Result;
import dev.assay.sdk.runtimes.modal.Protocol.Tag;
import dev.assay.sdk.runtimes.modal.Protocol.Task;
import dev.assay.sdk.runtimes.modal.Protocol.Wait;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** Modal's published gRPC API, asked with one team's token, which goes nowhere else. */
final class ModalApi implements ProviderApi {

    /** Below which all sandboxes of an account are. */
    private static final String APP = "assay";

    private static final int MOST_PAGES = 50;

    /** What is asked here is what this client of Modal's own asks, at this version: so it says that it speaks as that one does. */
    private static final Map<String, String> SPOKEN =
            Map.of("x-modal-client-type", "9", "x-modal-client-version", "1.0.0", "x-modal-libmodal-version", "modal-go/0.9.0");

    /** Less than it does: some twenty minutes. */
    private static final Duration AUTH_HOLDS = Duration.ofMinutes(5);

    private final Calls calls;
    private final ManagedChannel channel;
    private final String tokenId;
    private final String tokenSecret;
    private String auth = "";
    private long authAt;

    /** @param credential the token's id and its secret, with a colon between them */
    ModalApi(ManagedChannel channel, Credential credential) {
        var token = credential.secret();
        int colon = token.indexOf(':');
        this.tokenId = token.substring(0, Math.max(0, colon));
        this.tokenSecret = token.substring(colon + 1);
        this.channel = channel;
        this.calls = new Calls(channel, this::shown);
    }

    /** Without what only the team may know, and no longer than people read. */
    String shown(String words) {
        return ProviderException.shown(words, List.of(tokenSecret, tokenId));
    }

    /** The same key for each try: what was done, though nobody heard of it, is done once. */
    <T> T ask(Function<Channel, T> question) throws IOException, InterruptedException {
        var auth = auth();
        return ask(auth, question);
    }

    private <T> T ask(String auth, Function<Channel, T> question) throws IOException, InterruptedException {
        var key = UUID.randomUUID().toString();
        return calls.make(attempt -> {
            var head = new Metadata();
            if (!auth.isEmpty()) {
                put(head, "x-modal-auth-token", auth);
            }
            SPOKEN.forEach((name, value) -> put(head, name, value));
            put(head, "x-modal-token-id", tokenId);
            put(head, "x-modal-token-secret", tokenSecret);
            put(head, "x-idempotency-key", key);
            put(head, "x-retry-attempt", Integer.toString(attempt));
            return question.apply(ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(head)));
        });
    }

    Fields ask(MethodDescriptor<Fields, Fields> method, Fields question) throws IOException, InterruptedException {
        return ask(Calls.unary(method, question));
    }

    /** What Modal makes of the token for a while, for all questions but this. */
    private synchronized String auth() throws IOException, InterruptedException {
        if (auth.isEmpty() || System.nanoTime() - authAt > AUTH_HOLDS.toNanos()) {
            var told = ask("", Calls.unary(Protocol.AUTH_TOKEN_GET, new Fields())).text(Auth.TOKEN);
            auth = ProviderAnswer.header("Modal", "an auth token", told);
            authAt = System.nanoTime();
        }
        return auth;
    }

    private static void put(Metadata head, String name, String value) {
        head.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }

    String app() throws IOException, InterruptedException {
        return ask(Protocol.APP_GET_OR_CREATE, new Fields().text(App.NAME, APP).number(App.CREATION, App.IF_MISSING)).text(App.ID);
    }

    /** By which the account's images are built. */
    String builder() throws IOException, InterruptedException {
        return ask(Protocol.ENVIRONMENT_GET_OR_CREATE, new Fields())
                .message(Environment.METADATA).message(Environment.SETTINGS).text(Environment.IMAGE_BUILDER);
    }

    Fields access(String task) throws IOException, InterruptedException {
        return ask(Protocol.TASK_GET_COMMAND_ROUTER_ACCESS, new Fields().text(Access.TASK, task));
    }

    @Override
    public boolean runs(String sandbox) throws IOException, InterruptedException {
        var result = ask(Protocol.SANDBOX_WAIT, new Fields().text(Task.SANDBOX, sandbox)).message(Wait.RESULT);
        return result.number(Result.STATUS) == Result.UNSPECIFIED;
    }

    @Override
    public void end(String sandbox) throws IOException, InterruptedException {
        ask(Protocol.SANDBOX_TERMINATE, new Fields().text(Task.SANDBOX, sandbox));
    }

    /** Those that have ended are not listed. */
    @Override
    public List<Listed> list(Map<String, String> marks) throws IOException, InterruptedException {
        var app = app();
        var all = new ArrayList<Listed>();
        double before = 0;
        for (int page = 0; page < MOST_PAGES; page++) {
            var asked = tagged(new Fields().text(Listing.APP, app).real(Listing.BEFORE, before), Listing.TAGS, marks);
            var found = ask(Protocol.SANDBOX_LIST, asked).messages(Listing.SANDBOXES);
            if (found.isEmpty()) {
                break;
            }
            found.forEach(one -> all.add(new Listed(one.text(Listing.ID), tags(one, Listing.TAGS_OF_ONE))));
            before = found.getLast().real(Listing.CREATED_AT);
        }
        return all;
    }

    static Fields tagged(Fields message, int number, Map<String, String> tags) {
        tags.forEach((name, value) -> message.message(number, new Fields().text(Tag.NAME, name).text(Tag.VALUE, value)));
        return message;
    }

    static Map<String, String> tags(Fields message, int number) {
        var tags = new HashMap<String, String>();
        message.messages(number).forEach(tag -> tags.put(tag.text(Tag.NAME), tag.text(Tag.VALUE)));
        return tags;
    }
}
