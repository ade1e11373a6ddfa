// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.Member;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Route;
import dev.assay.kit.text.StorableText;
import dev.assay.kit.web.BytesInFlight;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One turn of a conversation: what it continues, and what is kept of it. */
public final class KeptTurn implements AutoCloseable {

    static final String NOT_FOUND = "previous_response_not_found";

    private static final int LONGEST_ID = 300;
    /** The events that hold a whole response. */
    private static final Set<String> LAST = Set.of("response.completed", "response.incomplete");

    private static final Word COMPLETED = new Word("response.completed");
    private static final Word INCOMPLETE = new Word("response.incomplete");

    private final KeptResponses responses;
    private final TeamId team;
    private final Route route;
    private final Body body;
    private final CallHead head;
    private final ResponseRows.@Nullable Kept parent;
    private final @Nullable NamedItems named;
    private final boolean keeps;
    private final BytesInFlight.Share share;
    private String upstream = "";
    private boolean holds;
    /** Whether the upstream that is asked was left to know for itself what was said before. */
    private boolean trusted;
    private boolean lost;
    private @Nullable Asked whole;

    /**
     * @param named what the call names by its id; null: nothing
     * @param share of the memory for what is put together; the turn gives it back
     */
    KeptTurn(
            KeptResponses responses,
            TeamId team,
            Route route,
            Body body,
            CallHead head,
            ResponseRows.@Nullable Kept parent,
            @Nullable NamedItems named,
            boolean keeps,
            BytesInFlight.Share share) {
        this.responses = responses;
        this.team = team;
        this.route = route;
        this.body = body;
        this.head = head;
        this.parent = parent;
        this.named = named;
        this.keeps = keeps;
        this.share = share;
    }

    /** Gives back the memory of what was put together. */
    @Override
    public void close() {
        share.close();
    }

    /** A call as it is asked, still in its client's dialect. */
    public record Asked(Body body, CallHead head) {}

    /**
     * The call for an upstream: as it came where that one has the conversation, else with all that was said before.
     *
     * @param of the dialect in which the upstream is asked
     * @throws ModelErrorException if what was said before is not there any more, or too long
     */
    public Asked asked(String upstream, Dialect of) {
        this.upstream = upstream;
        this.holds = of == Dialect.RESPONSES && !upstream.equals(KeptResponses.SCRIPTED);
        this.trusted = (parent != null || named != null) && !lost && holds && knows(upstream);
        if (parent == null && named == null || trusted) {
            return new Asked(body, head);
        }
        if (whole == null) {
            var all = withHistory();
            whole = new Asked(all, Dialects.head(route, all));
        }
        return whole;
    }

    private boolean knows(String upstream) {
        return (parent == null || parent.holds() && parent.upstream().equals(upstream))
                && (named == null || upstream.equals(named.holder()));
    }

    /** Whether a call failed because its upstream has lost what was said before: asked again it is told all of it. */
    public boolean isLost(AskFailure failure) {
        var told = failure.told();
        var isAbout = trusted && failure.kind() == AskFailure.Kind.REFUSED && (told.status() == 400 || told.status() == 404)
                && (told.code().equals(NOT_FOUND)
                        || head.continues() != null && told.message().contains(head.continues())
                        || named != null && named.ids().stream().anyMatch(told.message()::contains));
        lost |= isAbout;
        return isAbout;
    }

    /** Which upstream has the conversation and should go on with it if it can; null: it is all one. */
    public @Nullable String preferred() {
        return parent != null ? parent.holds() ? parent.upstream() : null : named == null ? null : named.holder();
    }

    private Body withHistory() {
        var own = Member.in(body.bytes(), body.length(), Set.of("input", "previous_response_id"));
        var input = own.get("input");
        var previous = own.get("previous_response_id");
        var items = new ByteArrayOutputStream();
        items.write('[');
        for (var turn : parent == null ? List.<ResponseRows.Kept>of() : responses.chain(team, parent.id(), share)) {
            append(items, inner(turn.input()));
            append(items, inner(said(turn.response())));
            if (items.size() > responses.largest()) {
                throw responses.tooLong();
            }
        }
        append(items, inner(newItems(input)));
        items.write(']');
        var spliced = body.with(splices(input, previous, items.toByteArray()));
        if (spliced.length() > responses.largest()) {
            throw responses.tooLong();
        }
        var bytes = new ByteArrayOutputStream(spliced.length());
        spliced.parts().forEach(part -> bytes.write(part.array(), part.arrayOffset() + part.position(), part.remaining()));
        return Body.of(bytes.toByteArray());
    }

    /** The items in the place of what is new, and nothing in that of what is continued. */
    private static List<Body.Splice> splices(@Nullable Member input, @Nullable Member previous, byte[] items) {
        var splices = new ArrayList<Body.Splice>();
        if (input != null) {
            splices.add(new Body.Splice(input.from(), input.to(), items));
        }
        if (previous != null) {
            var behind = input == null ? ",\"input\":" + new String(items, StandardCharsets.UTF_8) : "";
            splices.add(new Body.Splice(previous.from(), previous.to(), ("null" + behind).getBytes(StandardCharsets.UTF_8)));
        }
        splices.sort(Comparator.comparingInt(Body.Splice::from));
        return splices;
    }

    private static void append(ByteArrayOutputStream items, byte[] more) {
        if (more.length > 0) {
            if (items.size() > 1) {
                items.write(',');
            }
            items.writeBytes(more);
        }
    }

    /** What stands between the brackets of a JSON list. */
    private static byte[] inner(byte[] list) {
        return new String(list, 1, list.length - 2, StandardCharsets.UTF_8).strip().getBytes(StandardCharsets.UTF_8);
    }

    /** What is new in this call, as a list of items. */
    private byte[] newItems(@Nullable Member input) {
        if (named != null) {
            return named.input();
        }
        var json = input == null ? "[]" : new String(body.bytes(), input.from(), input.to() - input.from(), StandardCharsets.UTF_8);
        var list = json.startsWith("[") ? json : json.startsWith("\"") ? "[{\"role\":\"user\",\"content\":" + json + "}]" : "[]";
        return list.getBytes(StandardCharsets.UTF_8);
    }

    /** What was answered. Of thoughts only what is sealed: without their seal only those who had them know them. */
    private static byte[] said(byte[] response) {
        var said = ModelJson.MAPPER.createArrayNode();
        for (var item : ModelJson.MAPPER.readTree(response).path("output")) {
            if (goesOn(item)) {
                said.add(item);
            }
        }
        return ModelJson.MAPPER.writeValueAsBytes(said);
    }

    static boolean goesOn(JsonNode item) {
        return !item.path("type").asString("").equals("reasoning") || item.path("encrypted_content").isString();
    }

    /**
     * Looks at what goes to the client, before it goes: an id that a client has seen can be continued at once, through any replica.
     *
     * @param bytes hold whole events, or a whole answer
     * @throws ModelErrorException if it cannot be kept: the client then learns of no response
     */
    public void sees(byte[] bytes, int from, int to) {
        var begin = from;
        while (begin < to && bytes[begin] <= ' ') {
            begin++; // some send signs of life before a whole answer
        }
        if (!keeps || begin == to) {
            return;
        }
        if (bytes[begin] == '{') {
            keep(ModelJson.MAPPER.readTree(bytes, begin, to - begin));
        } else if (COMPLETED.isIn(bytes, from, to) || INCOMPLETE.isIn(bytes, from, to)) {
            events(new String(bytes, from, to - from, StandardCharsets.UTF_8));
        }
    }

    /** Whatever its lines end with. */
    private void events(String events) {
        var data = new StringBuilder();
        for (var line : (Iterable<String>) Stream.concat(events.lines(), Stream.of(""))::iterator) {
            if (line.startsWith("data:")) {
                data.append(line, "data:".length(), line.length()).append('\n');
            } else if (line.isEmpty()) {
                var event = data.isEmpty() || data.toString().isBlank() ? null : ModelJson.MAPPER.readTree(data.toString());
                if (event != null && LAST.contains(event.path("type").asString(""))) {
                    keep(event.path("response"));
                }
                data.setLength(0);
            }
        }
    }

    private static boolean isNameable(String id) {
        return !id.isEmpty() && id.length() <= LONGEST_ID && StorableText.of(id).equals(id);
    }

    private void keep(JsonNode response) {
        var id = response.path("id").asString("");
        if (!(response instanceof ObjectNode) || !(response.path("output") instanceof ArrayNode) || id.isEmpty() || id.length() > LONGEST_ID) {
            return; // nothing that could be continued
        }
        var input = Member.in(body.bytes(), body.length(), Set.of("input")).get("input");
        var kept = new ResponseRows.Kept(id, head.continues(), upstream, holds, newItems(input), ModelJson.MAPPER.writeValueAsBytes(response));
        var items = response.path("output").valueStream().map(item -> item.path("id").asString("")).filter(KeptTurn::isNameable).toList();
        responses.keep(team, kept, items);
    }
}
