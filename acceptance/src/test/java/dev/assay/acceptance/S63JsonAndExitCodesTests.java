// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Order(3)
class S63JsonAndExitCodesTests {

    private final Platform platform = Platform.shared();

    @ParameterizedTest
    @ValueSource(strings = {"version", "task list", "models list", "jobs list", "project", "project list", "set A=b",
            "sync env letter-count --yes", "sync tasks s63 --dry-run", "deploy --dry-run --yes --no-env", "jobs cancel --all --dry-run",
            "eval tasks.py openai_compatible --model scripted/letters --dry-run"})
    void aGoodCommandPrintsOneDocument(String command) {
        Deployed.letters();
        var document = Deployed.user().source("letters").run(withJson(command)).exitsWith(0).json();

        assertThat(document.isObject() || document.isArray()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"jobs get 7c9e6679-7425-40de-944b-e07fc1f90ae7, not_found, 1", "trace get 7c9e6679-7425-40de-944b-e07fc1f90ae7, not_found, 1",
            "jobs get --nonsense, usage, 2", "sync tasks nowhere --export x.json, usage, 2", "deploy, usage, 2",
            "models head no-such-model, usage, 2", "project use nope, not_found, 1"})
    void aBadCommandPrintsOneDocumentThatSaysWhy(String command, String error, int exit) {
        var document = Deployed.user().source("letters").run(withJson(command)).exitsWith(exit).json();

        assertThat(document.get("error").stringValue()).isEqualTo(error);
        assertThat(document.get("message").stringValue()).isNotBlank();
    }

    @Test
    void aWrongKeyIsDeniedInEveryCommand() {
        var hud = new Hud().source("letters").against(platform.url(), "wrong-" + UUID.randomUUID());
        for (var command : List.of("jobs list", "models list", "project list", "sync tasks t --yes", "deploy --yes --no-env")) {
            var document = hud.run(withJson(command)).exitsWith(1).json();
            assertThat(document.get("error").stringValue()).isEqualTo("permission_denied");
        }
    }

    @Test
    void whatTheClientRetriesAndWhatNot() {
        try (var broken = StubServer.answering(500, "{\"detail\": \"out of order\"}")) {
            var document = new Hud().against(broken.url(), "k").run("jobs", "list", "--json").exitsWith(1).json();
            assertThat(document.get("error").stringValue()).isEqualTo("server_error");
            assertThat(broken.requests).hasSize(1);
        }
    }

    private static String[] withJson(String command) {
        var words = new ArrayList<>(List.of(command.split(" ")));
        words.add("--json");
        return words.toArray(String[]::new);
    }
}
