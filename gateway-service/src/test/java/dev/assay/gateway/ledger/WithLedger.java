// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.budget.Budgets;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.call.NoClient;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.identity.RunLife;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.rest.InternalRest;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** A gateway with a team of its own for each test, whose calls are opened and closed at the ledger itself. */
@GatewayTest
abstract class WithLedger {

    static final Route CHAT = new Route(Dialect.CHAT, Operation.GENERATE, null, false);

    @LocalServerPort
    int port;

    @Autowired
    Ledger ledger;

    @Autowired
    BookKeeping books;

    @Autowired
    Budgets budgets;

    @Autowired
    Prices prices;

    @Autowired
    RunPlaces places;

    @Autowired
    RunLife life;

    @Autowired
    Openings openings;

    @Autowired
    InternalRest rest;

    @Autowired
    CallRows rows;

    @Autowired
    TransactionTemplate transactions;

    @Autowired
    ObjectProvider<BookedCalls> listeners;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    JdbcTemplate template;

    @Autowired
    Clock clock;

    @Autowired
    MeterRegistry meters;

    @Autowired
    AutowireCapableBeanFactory beans;

    @TempDir
    Path folder;

    Client api;
    Caller caller;

    @BeforeEach
    void aTeam() {
        FakeServices.reset();
        FakeServices.JOB.on("GET /internal/runs/" + UUID.nameUUIDFromBytes(new byte[0]) + "/place", 404, "{}");
        var made = new Client(port).newKey("team-" + UUID.randomUUID(), "tester");
        api = new Client(port).bearer(made.path("key").asString());
        var me = api.get("/v2/auth/me").json();
        caller = new Caller(TeamId.parse(me.path("team_id").asString()), new UserId(UUID.randomUUID()), Role.MEMBER);
        // a dollar for a million tokens: a thousand of them cost a million nano-dollars
        assertThat(api.post("/v2/prices", "{\"match\": \"priced\", \"input\": 1, \"output\": 1}").status()).isEqualTo(201);
    }

    static ModelResolution model(String slug) {
        return new ModelResolution(
                new ModelId(UUID.randomUUID()), slug, List.of(new ModelResolution.Target("provider", slug + "-upstream", 1, 0)));
    }

    static CallHead head(String model, boolean streamed, long maxOutput) {
        return head(model, streamed, maxOutput, null);
    }

    static CallHead head(String model, boolean streamed, long maxOutput, @Nullable String serviceTier) {
        return new CallHead(model, -1, -1, streamed, maxOutput, false, null, false, -1, -1, false, List.of(), 1, serviceTier);
    }

    Exchange call(String... headers) {
        var fields = Fields.builder();
        for (var number = 0; number < headers.length; number += 2) {
            fields.add(headers[number], headers[number + 1]);
        }
        return new Exchange(UUID.randomUUID(), CHAT, fields.build(), caller, null, new NoClient());
    }

    static Body body(int length) {
        return Body.of(new byte[length]);
    }

    Booking open(Exchange call, String model, long maxOutput) {
        return ledger.open(call, model(model), head(model, false, maxOutput), body(0));
    }

    static void answered(Exchange call, long output) {
        call.tally().upstream = "provider";
        call.tally().status = 200;
        call.tally().told(new Usage(0, 0, 0, 0, output, 0, 0, false));
    }

    void serve(Exchange call, String model, long output) {
        try (var booking = open(call, model, output)) {
            answered(call, output);
        }
    }

    JsonNode booked(Exchange call) {
        return await().until(() -> api.get("/v2/calls/" + call.id()), answer -> answer.status() == 200).json();
    }

    JsonNode budget() {
        return api.get("/v2/budgets").json().path("items").path(0);
    }
}
