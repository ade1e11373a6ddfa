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
import dev.assay.gateway.responses.KeptResponses;
import dev.assay.gateway.responses.KeptTurn;
import dev.assay.gateway.translate.Translations;
import dev.assay.gateway.upstream.Attempts;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.web.BytesInFlight;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.tomcat.util.http.MimeHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The way of a model call, from its head to its booking. */
@Component
class Inference {

    private static final Logger log = LoggerFactory.getLogger(Inference.class);
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private final ModelClients clients;
    private final Bodies bodies;
    private final Models models;
    private final KeptResponses responses;
    private final Ledger ledger;
    private final Attempts attempts;
    private final Watch watch;
    private final Drain drain;
    private final Meters meters;
    private final InferenceSettings settings;
    private final BytesInFlight inFlight;
    private final Clock clock;

    Inference(
            ModelClients clients,
            Bodies bodies,
            Models models,
            KeptResponses responses,
            Ledger ledger,
            Attempts attempts,
            Watch watch,
            Drain drain,
            Meters meters,
            InferenceSettings settings,
            BytesInFlight inFlight,
            Clock clock) {
        this.clients = clients;
        this.bodies = bodies;
        this.models = models;
        this.responses = responses;
        this.ledger = ledger;
        this.attempts = attempts;
        this.watch = watch;
        this.drain = drain;
        this.meters = meters;
        this.settings = settings;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    void serve(Route route, Request request, Response response) {
        var coyote = request.getCoyoteRequest();
        var client = new CoyoteAnswer(route.dialect(), coyote, response.getCoyoteResponse());
        var id = CallIds.at(clock.millis());
        var tally = new Tally();
        var said = coyote.getHeader("x-request-id");
        var shown = said != null && REQUEST_ID.matcher(said).matches() ? said : id.toString();
        client.header("x-request-id", shown);
        if (route.dialect() == Dialect.MESSAGES) {
            client.header("request-id", shown); // where Anthropic's clients look
        }
        answer(id, tally, client, () -> {
            var query = coyote.queryString().toString();
            var who = clients.of(coyote::getHeader, query);
            if (route.streamed() && !Credentials.parameter(query, "alt").orElse("").equals("sse")) {
                throw new ModelErrorException(
                        ModelError.badRequest("alt", "a stream is told as server-sent events only: ask for it with ?alt=sse"));
            }
            if (drain.stopping()) {
                throw stopping(client);
            }
            request.setAttribute(Caller.class.getName(), who.caller()); // whoever reads the rest of a refused body wants to know
            var call = new Exchange(id, route, fields(coyote.getMimeHeaders()), who.caller(), who.key(), client, tally);
            call.patience(settings.timeout(), settings.idle());
            response.sendAcknowledgement(ContinueResponseTiming.ALWAYS);
            try (var held = bodies.read(coyote)) {
                serve(call, held.body(), client, who);
            }
        });
        var provider = tally.upstreamIsTeams ? "team" : tally.upstream; // teams name theirs as they like, and metrics are everybody's
        meters.count(route.dialect(), provider, client.status(), client.streams(), System.nanoTime() - tally.beganNanos());
    }

    private void serve(Exchange call, Body body, CoyoteAnswer client, ModelClient who) throws IOException {
        call.tally().bytesIn = body.length();
        var head = Dialects.head(call.route(), body);
        try (var watched = watch.over(call, client, who, head.streamed())) {
            if (drain.stopping()) {
                throw stopping(client);
            }
            try (var kept = responses.of(call.caller().team(), call.route(), body, head)) {
                client.seenBy(kept::sees);
                serve(call, head, body, kept, client);
            }
        }
    }

    private void serve(Exchange call, CallHead head, Body body, KeptTurn kept, CoyoteAnswer client) throws IOException {
        var model = models.resolve(call.caller(), head.model()).preferring(kept.preferred());
        client.header("x-assay-model", model.slug());
        client.header("x-hud-model", model.slug());
        try (var booking = ledger.open(call, model, head, body.length())) {
            booking.headers().forEach(client::header);
            answer(call.id(), call.tally(), client, () -> attempts.serve(
                    call, head, model, (upstream, target, dialect) -> prepare(call, kept, client, booking, upstream, target, dialect)));
            call.tally().status = client.status(); // the booking wants to know
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
        client.header("x-hud-attempts", String.valueOf(call.tally().tries().size() + 1));
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
                booking::cost,
                settings.largestAnswer().toBytes(),
                inFlight,
                clock);
        return new Attempts.Prepared(ask, head.streamed() ? new StreamRelay(passing) : new WholeRelay(passing));
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
            fields.add(headers.getName(each).toString(), headers.getValue(each).toString());
        }
        return fields.build();
    }
}
