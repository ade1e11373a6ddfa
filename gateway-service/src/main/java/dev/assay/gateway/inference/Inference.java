// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.call.Tally;
import dev.assay.gateway.call.Upstream;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Route;
import dev.assay.gateway.identity.Credentials;
import dev.assay.gateway.identity.ModelClients;
import dev.assay.gateway.identity.ModelClients.ModelClient;
import dev.assay.gateway.ledger.Booking;
import dev.assay.gateway.ledger.Ledger;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.gateway.model.Models;
import dev.assay.gateway.recording.Recording;
import dev.assay.gateway.recording.Recordings;
import dev.assay.gateway.responses.KeptResponses;
import dev.assay.gateway.responses.KeptTurn;
import dev.assay.gateway.routing.PublicAddress;
import dev.assay.gateway.sample.Samples;
import dev.assay.gateway.translate.Translations;
import dev.assay.gateway.upstream.Attempts;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.web.BytesInFlight;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.http.MimeHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The way of a model call, from its head to its booking. */
@Component
class Inference {

    private static final Logger log = LoggerFactory.getLogger(Inference.class);
    private static final Set<String> ALTS = Set.of("json", "sse");
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private final ModelClients clients;
    private final PublicAddress addresses;
    private final Bodies bodies;
    private final Models models;
    private final Recordings recordings;
    private final KeptResponses responses;
    private final Ledger ledger;
    private final Attempts attempts;
    private final Samples samples;
    private final Watch watch;
    private final Drain drain;
    private final Meters meters;
    private final InferenceSettings settings;
    private final BytesInFlight inFlight;
    private final Clock clock;

    Inference(
            ModelClients clients,
            PublicAddress addresses,
            Bodies bodies,
            Models models,
            Recordings recordings,
            KeptResponses responses,
            Ledger ledger,
            Attempts attempts,
            Samples samples,
            Watch watch,
            Drain drain,
            Meters meters,
            InferenceSettings settings,
            BytesInFlight inFlight,
            Clock clock) {
        this.clients = clients;
        this.addresses = addresses;
        this.bodies = bodies;
        this.models = models;
        this.recordings = recordings;
        this.responses = responses;
        this.ledger = ledger;
        this.attempts = attempts;
        this.samples = samples;
        this.watch = watch;
        this.drain = drain;
        this.meters = meters;
        this.settings = settings;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    void serve(Route route, Request request, Response response) {
        try (var admitted = drain.admit()) {
            take(route, request, response);
        }
    }

    private void take(Route route, Request request, Response response) {
        var coyote = request.getCoyoteRequest();
        var query = coyote.queryString().toString();
        var client = new CoyoteAnswer(route.dialect(), form(route, query), coyote, response.getCoyoteResponse());
        var id = CallIds.at(clock.millis());
        var tally = new Tally();
        var said = coyote.getHeader("x-request-id");
        var shown = said != null && REQUEST_ID.matcher(said).matches() ? said : id.toString();
        client.header("x-request-id", shown);
        if (route.dialect() == Dialect.MESSAGES) {
            client.header("request-id", shown); // where Anthropic's clients look
        }
        answer(id, tally, client, () -> {
            Supplier<String> from = () -> addresses.ofClient(request);
            var who = coyote.requestURI().toString().startsWith(Route.PLAYGROUND)
                    ? clients.ofPlayground(request, query, from)
                    : clients.of(coyote::getHeader, query, from);
            if (route.streamed() && !ALTS.contains(alt(query))) {
                throw new ModelErrorException(ModelError.badRequest("alt", "a stream is told as events (sse) or as a list (json)"));
            }
            if (drain.stopping()) {
                throw stopping(client);
            }
            request.setAttribute(Caller.class.getName(), who.caller()); // whoever reads the rest of a refused body wants to know
            var call = new Exchange(id, route, fields(coyote.getMimeHeaders()), who.caller(), who.key(), client, tally);
            call.patience(settings.timeout(), settings.idle());
            ClientPatience.said(coyote.getMimeHeaders(), clock.instant()).ifPresent(call::deadline);
            response.sendAcknowledgement(ContinueResponseTiming.ALWAYS);
            try (var held = bodies.read(coyote)) {
                serve(call, held.body(), client, who);
            }
        });
        var provider = tally.upstreamIsTeams ? "team" : tally.upstream; // teams name theirs as they like, and metrics are everybody's
        meters.count(route.dialect(), provider, client.status(), client.streams(), System.nanoTime() - tally.beganNanos());
    }

    private static StreamForm form(Route route, String query) {
        return route.streamed() && !alt(query).equals("sse") ? new StreamForm.JsonList() : new StreamForm.Events();
    }

    /** In which form a stream is wanted whose path asks for it: Google's own choice where nothing is said is a list. */
    private static String alt(String query) {
        return Credentials.parameter(query, "alt").orElse("json");
    }

    private void serve(Exchange call, Body body, CoyoteAnswer client, ModelClient who) throws IOException {
        call.tally().bytesIn = body.length();
        var head = Dialects.head(call.route(), body);
        if (!head.streamed()) {
            ClientPatience.ofSdk(call.request()).filter(time -> time.toNanos() < call.deadlineNanos()).ifPresent(call::deadline);
        }
        try (var watched = watch.over(call, client, who, head.streamed())) {
            if (drain.stopping()) {
                throw stopping(client);
            }
            try (var recording = recordings.of(call, who, head, body)) {
                if (recording != null && recording.replays()) {
                    replay(call, head, body, recording, client);
                    return;
                }
                try (var kept = responses.of(call.caller().team(), call.route(), body, head)) {
                    client.seenBy(recording == null ? kept::sees : (bytes, from, to) -> {
                        kept.sees(bytes, from, to);
                        recording.sees(bytes, from, to);
                    });
                    serve(call, head, body, kept, client, recording);
                }
            }
        }
    }

    private void serve(Exchange call, CallHead head, Body body, KeptTurn kept, CoyoteAnswer client, @Nullable Recording recording)
            throws IOException {
        var model = models.resolve(call.caller(), head.model()).preferring(kept.preferred());
        client.header("x-assay-model", model.slug());
        client.header("x-hud-model", model.slug());
        try (var booking = ledger.open(call, model, head, body)) {
            booking.headers().forEach(client::header);
            answer(call.id(), call.tally(), client, () -> attempts.serve(
                    call, head, model, (upstream, target, dialect) -> prepare(call, kept, client, booking, upstream, target, dialect)));
            call.tally().status = client.status(); // the booking wants to know
            if (recording != null && call.tally().error == null && client.status() == 200) {
                recording.ended(); // before the answer has ended: whoever has all of it finds it in the recording
            }
        }
    }

    /** Nobody is asked, and nothing reserved. */
    private void replay(Exchange call, CallHead head, Body body, Recording recording, CoyoteAnswer client) throws IOException {
        var tally = call.tally();
        tally.upstream = Ledger.RECORDING;
        client.header("x-assay-model", shown(List.of(head.model())));
        client.header("x-hud-model", shown(List.of(head.model())));
        client.header("x-assay-provider", Ledger.RECORDING);
        client.header("x-hud-upstream", Ledger.RECORDING);
        try (var booking = ledger.open(call, Recording.model(head), head, body)) {
            answer(call.id(), tally, client, () -> {
                var told = recording.answer();
                tally.status = 200;
                if (head.streamed()) {
                    recording.pace().stream(call, told, (bytes, from, to) -> {
                        tally.firstByteNanos = tally.firstByteNanos == 0 ? System.nanoTime() : tally.firstByteNanos;
                        client.beginStream(Fields.NONE);
                        client.write(bytes, from, to);
                        client.flush();
                        tally.bytesOut += to - from;
                    });
                    client.endStream();
                    client.flush();
                } else {
                    recording.pace().whole(call);
                    tally.bytesOut = told.length;
                    tally.firstByteNanos = System.nanoTime();
                    client.header("x-hud-cost", booking.cost());
                    client.whole(200, WholeRelay.JSON, told, 0, told.length);
                }
            });
            tally.status = client.status();
        }
    }

    private static ModelErrorException stopping(CoyoteAnswer client) {
        client.header("connection", "close");
        return new ModelErrorException(ModelError.unavailable("The gateway is stopping. Try again.", 1));
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Whatever becomes of it, the client is told. */
    private void answer(UUID id, Tally tally, CoyoteAnswer client, Work work) {
        try {
            try {
                work.run();
            } catch (ModelErrorException e) {
                fail(tally, client, e.error());
            } catch (AbortedException e) {
                farewell(tally, client, e.ending());
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                log.error("call {} failed", id, e);
                fail(tally, client, ModelError.of(500, "The gateway failed at this call; its log says why under " + id + "."));
            }
        } catch (IOException e) {
            log.debug("the client of call {} left before its answer was written: {}", id, e.toString());
            tally.error = Ending.GONE.name();
            client.left();
        }
    }

    private static void fail(Tally tally, CoyoteAnswer client, ModelError error) throws IOException {
        tally.error = error.code();
        client.fail(error);
    }

    private void farewell(Tally tally, CoyoteAnswer client, Ending why) throws IOException {
        switch (why) {
            case GONE -> client.left();
            case LATE_WHOLE -> client.fail(ModelError.of(
                    504, "The provider '" + tally.upstream + "' did not end its answer within " + settings.longest() + "."));
            case DEADLINE -> client.fail(ModelError.of(504, "The call did not end before the deadline that came with it."));
            case CUT -> client.fail(ModelError.unauthorized(
                    "The key of this call opens nothing any more: it was revoked, or its run's attempt has ended."));
            case DRAINED -> client.fail(ModelError.unavailable("The gateway is stopping. Try again.", 1));
        }
        tally.error = why.name();
    }

    /** What one upstream is asked, and what is done with what it answers. */
    private Attempts.Prepared prepare(
            Exchange call,
            KeptTurn kept,
            CoyoteAnswer client,
            Booking booking,
            Upstream upstream,
            ModelResolution.Target target,
            Dialect dialect) {
        var route = call.route();
        var asked = kept.asked(upstream.name(), dialect);
        var body = asked.body();
        var head = asked.head();
        var isSame = dialect == route.dialect();
        var translated = isSame ? null : Translations.call(route, body, head, dialect, target.model(), clock.instant());
        client.header("x-assay-provider", upstream.name());
        client.header("x-hud-upstream", upstream.name());
        client.header("x-hud-attempts", String.valueOf(call.tally().tryCount() + 1));
        if (translated != null && !translated.dropped().isEmpty()) {
            client.header("x-assay-dropped", shown(translated.dropped()));
        }
        var ask = new Ask(
                dialect,
                route.operation(),
                target.model(),
                head.streamed(),
                translated == null ? Dialects.same(route, body, head, target.model()) : translated.body(),
                Dialects.passedOn(dialect, call.request()),
                call);
        var passing = new Passing(
                call,
                client,
                upstream.name(),
                dialect,
                Dialects.reading(dialect, route.operation(), upstream.name(), head, !isSame, clock.instant()),
                translated == null ? null : translated.answer(),
                samples.of(call, target),
                booking::cost,
                settings.largestAnswer().toBytes(),
                inFlight,
                clock);
        return new Attempts.Prepared(ask, head.streamed() ? new StreamRelay(passing) : new WholeRelay(passing), kept::isLost);
    }

    /** Names that come from the client: a head has a size, and is ASCII. */
    private static String shown(List<String> names) {
        var shown = names.stream()
                .filter(name -> name.length() <= 64 && name.chars().allMatch(character -> character > ' ' && character < 0x7f))
                .limit(20)
                .collect(Collectors.joining(", "));
        return names.size() > 20 ? shown + ", ..." : shown;
    }

    private static Fields fields(MimeHeaders headers) {
        var fields = Fields.builder();
        for (var each = 0; each < headers.size(); each++) {
            fields.add(text(headers.getName(each)), text(headers.getValue(each)));
        }
        return fields.build();
    }

    /** The server makes texts of bytes with a decoder for each. */
    private static String text(MessageBytes said) {
        var bytes = said.getByteChunk();
        return said.getType() == MessageBytes.T_BYTES && bytes.getCharset() == StandardCharsets.ISO_8859_1
                ? new String(bytes.getBytes(), bytes.getStart(), bytes.getLength(), StandardCharsets.ISO_8859_1)
                : said.toString();
    }
}
