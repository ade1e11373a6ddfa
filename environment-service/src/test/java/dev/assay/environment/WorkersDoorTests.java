// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.environment.TestClient.Answer;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.testsupport.Tokens;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Who is told an environment's variables, and who gets its source. */
@EnvironmentServiceTest
class WorkersDoorTests {

    @LocalServerPort
    int port;

    private TestClient client;
    private String resolve;
    private String context;

    @BeforeEach
    void deploy() {
        client = new TestClient(port);
        var upload = client.post("/v2/builds/upload-url").json();
        client.upload(upload.path("upload_url").stringValue(), Contexts.small());
        var build = upload.path("build_id").stringValue();
        client.post("/v2/builds/trigger", "{\"build_id\":\"" + build + "\",\"name\":\"Letters\",\"environment_variables\":{\"KEY\":\"secret\"}}");
        client.build(build, "{}");
        resolve = "/internal/environments/resolve?team=" + client.team() + "&name=Letters";
        context = "/internal/versions/" + client.as(Tokens.service(), resolve).json().path("versionId").stringValue() + "/context";
    }

    @Test
    void aWorkerThatHoldsARunOfItIsToldTheVariables() {
        FakeJobs.hold("one", client.team(), "letters");
        assertThat(client.as(Tokens.worker("one"), resolve).json().path("environmentVariables").path("KEY").asString("")).isEqualTo("secret");
        assertThat(client.as(Tokens.worker("one"), context).status()).isEqualTo(200);
    }

    @Test
    void aWorkerThatHoldsNothingOfItIsToldNothing() {
        FakeJobs.hold("one", client.team(), "letters");
        FakeJobs.hold("two", client.team(), "numbers");
        FakeJobs.hold("three", TeamId.random(), "letters");
        for (var worker : List.of("two", "three", "four")) {
            assertRefused(client.as(Tokens.worker(worker), resolve), worker);
            assertRefused(client.as(Tokens.worker(worker), context), worker);
        }
    }

    @Test
    void aWorkerThatLostItsLeaseIsToldNothingMore() {
        FakeJobs.hold("one", client.team(), "letters");
        FakeJobs.loseAll("one", client.team());
        assertRefused(client.as(Tokens.worker("one"), resolve), "lost");
    }

    @Test
    void aWorkerThatBuildsAVersionGetsItsSourceAndNoOther() {
        var build = client.trigger("other", Contexts.small());
        var lease = client.lease(build);
        var source = "/internal/versions/" + lease.path("version").stringValue() + "/context";
        assertThat(client.as(Tokens.worker(), source).status()).isEqualTo(200);
        assertRefused(client.as(Tokens.worker("another"), source), "another worker");
        assertRefused(client.as(Tokens.worker(), context), "another version");
        client.workerPost(
                "/internal/builds/" + build + "/outcome", "{\"attempt\":1,\"succeeded\":true,\"manifest\":{}}");
        assertRefused(client.as(Tokens.worker(), source), "the build is over");
    }

    @Test
    void otherServicesSeeNoVariables() {
        assertThat(client.as(Tokens.service(), resolve).json().path("environmentVariables").isEmpty()).isTrue();
        assertThat(client.as(Tokens.service(), context).status()).isEqualTo(403);
    }

    @Test
    void nobodyElseGetsIn() {
        FakeJobs.hold("one", client.team(), "letters");
        var run = new RunKey(client.team(), new RunId(UUID.randomUUID()), 1, null);
        for (var credential : List.of(
                Tokens.member(client.team()),
                Tokens.person(client.team(), Role.ADMINISTRATOR),
                Tokens.run(run),
                Tokens.grant(),
                "Bearer " + Tokens.runKey(run, Instant.parse("2999-01-01T00:00:00Z")),
                Tokens.serviceFor("job-service"),
                Tokens.claiming(Role.SERVICE, Party.worker("worker", "one")),
                Tokens.claiming(Role.MEMBER, Party.worker("worker", "one")),
                Tokens.claiming(Role.WORKER, Party.service("job-service")),
                Tokens.claiming(Role.WORKER, new Party("worker-b", "worker/one")),
                "Bearer nonsense",
                "")) {
            assertThat(client.as(credential, resolve).status()).as(credential).isBetween(401, 404);
            assertThat(client.as(credential, context).status()).as(credential).isBetween(401, 404);
        }
    }

    private static void assertRefused(Answer answer, String who) {
        assertThat(answer.status()).as(who).isEqualTo(403);
        assertThat(answer.text()).as(who).doesNotContain("secret").contains("holds no run");
    }
}
