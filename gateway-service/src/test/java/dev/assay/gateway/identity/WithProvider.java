// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.testsupport.OidcStandIn;
import dev.assay.gateway.identity.BrowserOfTests.Page;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway whose people sign in with a real authorization server, a team of its own for each test, and somebody called bo. */
@GatewayTest
abstract class WithProvider {

    static final OidcStandIn PROVIDER = OidcStandIn.SHARED;
    static final String MEMBERS = "/v2/team/members";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    OidcProvider provider;

    @Autowired
    TransactionTemplate transactions;

    Client admin;
    String team;
    String bo;

    @BeforeAll
    static void theProviderIsUp() {
        PROVIDER.start();
    }

    @BeforeEach
    void clean() {
        FakeServices.reset();
        PROVIDER.reset();
        jdbc.sql("delete from gateway.sign_ins where key_id is null").update();
        jdbc.sql("update gateway.users set person_id = null, removed_at = now() where email is not null").update();
        jdbc.sql("delete from gateway.people").update();
        team = "team " + UUID.randomUUID();
        admin = new Client(port).ofTeam(team);
        bo = "bo-" + UUID.randomUUID();
        knows(bo, bo + "@elsewhere.net", true);
    }

    @AfterEach
    void wellAgain() {
        PROVIDER.reset();
    }

    static long traded() {
        return PROVIDER.asked.stream().filter(one -> one.startsWith("token:code=")).count();
    }

    /** As a replica that has not asked the provider yet. */
    void providerIsUnknown() {
        ReflectionTestUtils.setField(provider, "known", null);
        ReflectionTestUtils.setField(provider, "failure", null);
    }

    static String page(Page page) {
        return page.text() + page.answer().headers().map();
    }

    void knows(String subject, String email, boolean verified) {
        PROVIDER.knows(subject, Map.of("email", email, "email_verified", verified, "name", subject));
    }

    void invite(String name, String role) {
        var answer = admin.post(MEMBERS, "{\"email\": \"" + name + "@elsewhere.net\", \"role\": \"" + role + "\"}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }

    JsonNode member(String name) {
        return admin.get(MEMBERS).json().path("items").valueStream()
                .filter(item -> item.path("email").asString("").equals(name + "@elsewhere.net")).findFirst().orElseThrow();
    }

    List<String> audited() {
        return audited(team);
    }

    List<String> audited(String team) {
        return jdbc.sql("select a.action from gateway.audit a join gateway.teams t on t.id = a.team_id where t.name = ? order by a.id").param(team)
                .query(String.class).list();
    }

    void assertRefused(Page page, int status, String words) {
        assertThat(page.status()).as(page.text()).isEqualTo(status);
        assertThat(page.text()).contains(words);
        assertRefused(page);
    }

    void assertRefused(Page page) {
        assertThat(page.header("content-type")).startsWith("text/html");
        assertThat(page.answer().headers().allValues("set-cookie")).noneMatch(cookie -> cookie.startsWith("assay-sign-in"));
    }

    BrowserOfTests browser() {
        return new BrowserOfTests(port);
    }

    static JsonNode json(java.net.http.HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
