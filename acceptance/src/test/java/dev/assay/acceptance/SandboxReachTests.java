// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a hosted environment reaches of the platform that runs it: tried from inside, against the real ports. */
class SandboxReachTests {

    private static final String OWN = "scripted/agreeable";
    private static final Platform PLATFORM = Platform.shared();
    private static JsonNode reached;

    @BeforeAll
    static void probe() throws SocketException {
        reached = probed(Map.of());
    }

    /** What the prober tells, run with this runtime config. */
    static JsonNode probed(Map<String, Object> runtimeConfig) throws SocketException {
        Deployed.prober();
        var run = UUID.randomUUID();
        var api = PLATFORM.api(Deployed.KEY);
        var body = Runs.submission(run, UUID.randomUUID(), "prober", "probe",
                Map.of("addresses", machine(), "ports", ports(), "own", OWN, "other", "scripted/letters", "run", run.toString(), "data", PLATFORM.data.toString()), OWN);
        body.put("runtime_config", runtimeConfig);
        api.post("/v2/rollouts/submit", body).expect(200, 201);
        var ended = Runs.finished(api, run);
        assertThat(ended.get("status").stringValue()).as(ended.toString()).isEqualTo("completed");
        return ended.get("evaluation_result");
    }

    @Test
    void noPortOfThePlatformIsOpenFromInside() {
        assertThat(reached.get("open")).isEmpty();
        assertThat(reached.get("open_by_proxy")).isEmpty();
    }

    @Test
    void aJudgeIsAskedWithTheRunsOwnKey() {
        assertThat(reached.get("judge").stringValue()).startsWith("200 ").contains("anything");
    }

    @Test
    void theRunsKeyOpensNoOtherModelAndNothingElse() {
        assertThat(reached.get("other_model").stringValue()).startsWith("403 ");
        assertThat(reached.get("without_key").stringValue()).startsWith("401 ");
        assertThat(reached.get("api").stringValue()).matches("(?s)40[34] .*");
        assertThat(reached.get("around")).allSatisfy(answer -> assertThat(answer.stringValue()).matches("(?s)40[034] .*"));
    }

    @Test
    void neitherThePlatformsProcessNorItsFilesAreSeen() {
        assertThat(reached.get("neighbours")).isEmpty();
        assertThat(reached.get("files")).isEmpty();
    }

    /** The gateway, the services, the worker, Postgres, Kafka and its controller. */
    private static String ports() {
        return IntStream.rangeClosed(PLATFORM.port, PLATFORM.port + 12).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    /** Every address of this machine, and that of a cloud's metadata. */
    private static String machine() throws SocketException {
        var own = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).map(InetAddress::getHostAddress)
                .filter(address -> !address.contains(":"));
        return Stream.concat(own, Stream.of("169.254.169.254")).distinct().collect(Collectors.joining(" "));
    }
}
