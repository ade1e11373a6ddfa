// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models and upstreams, playground, usage, people and keys, audit. */
@NullUnmarked
class GatewayPagesTests extends PageTests {

    private static final String PLAYGROUND = "/playground?model=scripted/letter-count";

    @Test
    void usageIsDrawnAndStandsInTablesToTheNanoDollar() {
        var page = signedIn("/usage");
        assertThat(page.locator(".chart canvas")).isVisible();
        assertThat(page.locator(".numbers")).containsText("of no known price left out");
        assertThat(rowOf(page, "quay/small")).containsText("$0.01599636");
        assertThat(rowOf(page, "delta/one")).containsText("unknown");
        assertThat(rowOf(page, "long-context-preview")).containsText("unpriced");
        assertThat(page.getByText("As CSV")).hasAttribute("href", Pattern.compile("by=day%2Cmodel.*format=csv"));
        page.getByText("The chart as a table").click();
        assertThat(page.locator("table[aria-label='The chart as a table'] tbody tr")).hasCount(30);
        button(page, "Job").click();
        assertThat(rowOf(page, "Ledger repairs, atlas-2").first()).isVisible();
        assertThat(page.url()).contains("by=job");
    }

    @Test
    void aTinyCostIsNotRoundedToNothing() {
        assertThat(signedInAs(FakePlatform.KEY_OF_A_VIEWER, "/usage").locator(".numbers .value").first()).hasText("$0.000034");
    }

    @Test
    void aChartTakesTheColoursOfTheTheme() {
        var page = signedIn("/usage");
        assertThat(page.locator(".chart canvas")).isVisible();
        var light = page.evaluate(DRAWN);
        page.locator("button.theme").click();
        assertThat(page.evaluate(DRAWN)).isNotEqualTo(light);
    }

    /** What the canvas holds, two frames later. */
    private static final String DRAWN = "new Promise(tell => requestAnimationFrame(() => requestAnimationFrame("
            + "() => tell(document.querySelector('.chart canvas').toDataURL()))))";

    @Test
    void aWorkerShowsWhatItHoldsAndIsDrainedAndLetWorkAgain() {
        var page = signedIn("/workers");
        var row = rowOf(page, "enrolled/bench-1").first();
        assertThat(row).containsText("14 of 32 runs");
        assertThat(row).containsText("12 lost");
        assertThat(rowOf(page, "worker/spare")).containsText("there is no bubblewrap here");
        assertThat(page.locator("table[aria-label='Runs in hand'] tbody tr")).hasCount(2);
        row.getByText("Drain").click();
        row.getByText("Take no new work").click();
        assertThat(platform.awaitChanges()).containsExactly("POST /v2/workers/drain {\"name\":\"enrolled/bench-1\"}");
        rowOf(page, "worker/rack-7").getByText("Resume").click();
        assertThat(platform.awaitChanges())
                .containsExactly("POST /v2/workers/resume {\"name\":\"worker/rack-7.example-4c1d22e0\"}");
    }

    @Test
    void aWorkersCredentialIsShownOnce() {
        var page = signedIn("/workers");
        button(page, "Make a credential").click();
        page.getByLabel("Name").fill("rack-9");
        button(page, "Make it").click();
        assertThat(page.locator(".once pre")).hasText("awc_M9b0nQ1mC2hXxWcV7aTt5uFqkLrYp3sDgZe8iJo4KwE");
        assertThat(platform.awaitChanges()).containsExactly("POST /v2/workers/credentials {\"name\":\"rack-9\"}");
        button(page, "I have it").click();
        assertThat(page.locator(".once")).hasCount(0);
        var viewers = signedInAs(FakePlatform.KEY_OF_A_VIEWER, "/workers");
        assertThat(viewers.locator(".empty h2")).hasText("No workers");
        assertThat(viewers.getByText("Make a credential")).hasCount(0);
    }

    @Test
    void aBudgetIsSetInNumbersAndTakenAwayInTwoClicks() {
        var page = signedIn("/usage");
        assertThat(rowOf(page, "spent: calls are refused")).containsText("$0.50 of $0.50");
        button(page, "Set a budget").click();
        page.getByLabel("US dollars").fill("12.5");
        page.getByLabel("Calls at once").fill("8");
        button(page, "Set it").click();
        assertThat(button(page, "Set a budget")).isFocused();
        assertThat(platform.awaitChanges())
                .containsExactly("POST /v2/budgets {\"scope\":\"team\",\"period\":\"month\",\"limit_usd\":12.5,\"calls_at_once\":8}");
        rowOf(page, "the team").getByText("Remove").click();
        rowOf(page, "the team").getByText("Remove it").click();
        assertThat(rowOf(page, "the team").getByText("Remove it")).hasCount(0);
        assertThat(platform.awaitChanges()).containsExactly("DELETE /v2/budgets/11111111-6666-4666-8666-666666666666");
    }

    @Test
    void anAnswerIsShownAsItComesWithItsBytesItsCostAndItsTime() {
        var page = signedIn(PLAYGROUND);
        button(page, "Send").click();
        assertThat(page.locator(".said")).containsText("occurs **three** times in *strawberry*: st<b>r</b>awbe");
        assertThat(page.locator(".said .thinking")).containsText("Count the letters.");
        assertThat(page.locator(".said .called")).containsText("Calls weather");
        assertThat(page.locator(".said .called")).containsText("\"place\": \"Oslo\"");
        assertThat(page.locator(".booked")).containsText("$0.005415");
        assertThat(page.locator(".booked")).containsText("64 of them thinking");
        assertThat(page.locator(".raw-answer")).containsText("data: [DONE]");
        assertThat(page.locator(".said b")).hasCount(0);
        assertThat(platform.awaitChanges()).singleElement().asString()
                .startsWith("POST /v2/playground/chat/completions").contains("\"stream\": true", "strawberry");
        page.getByText("Go on from this answer").click();
        assertThat(page.locator(".turn-field")).hasCount(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        chat      | /v2/playground/chat/completions                                                     | "role": "system"
        responses | /v2/playground/responses                                                            | "instructions": "Be brief."
        messages  | /v2/playground/v1/messages                                                          | "max_tokens": 1024
        gemini    | /v2/playground/v1beta/models/scripted/letter-count:streamGenerateContent?alt=sse    | "systemInstruction"
        """)
    void everyDialectIsAskedInItsOwnWords(String dialect, String path, String words) {
        var page = signedIn(PLAYGROUND + "&dialect=" + dialect);
        page.getByLabel("System").fill("Be brief.");
        assertThat(page.locator(".pane .mono").first()).hasText("POST " + path);
        assertThat(page.locator("textarea.raw").inputValue()).contains(words);
        button(page, "Send").click();
        assertThat(page.locator(".said")).containsText("three");
    }

    @Test
    void anErrorIsShownAsItCame() {
        var page = signedIn("/playground?model=no-such-model");
        button(page, "Send").click();
        assertThat(page.locator(".said .callout.is-error")).hasText("Model 'no-such-model' not found.");
        assertThat(page.locator(".pane .mono").last()).containsText("404");
        assertThat(page.locator(".raw-answer")).containsText("model_not_found");
        var broken = signedIn(PLAYGROUND + "&dialect=messages");
        button(broken, "Send").click();
        assertThat(broken.locator(".said .callout.is-error")).hasText("Overloaded in the middle of it");
    }

    @Test
    void aRequestThatWasEditedByHandGoesOutAsItStands() {
        var page = signedIn(PLAYGROUND);
        page.locator("textarea.raw").fill("{ no JSON");
        page.getByLabel("System").fill("not taken");
        button(page, "Send").click();
        assertThat(page.locator(".booked")).containsText("Seen here");
        assertThat(platform.awaitChanges()).containsExactly("POST /v2/playground/chat/completions { no JSON");
        page.getByText("Take the form’s again").click();
        assertThat(page.locator("textarea.raw")).hasValue(Pattern.compile("not taken"));
    }

    @Test
    void aCallThatTakesTooLongIsCancelled() {
        var page = signedIn(PLAYGROUND);
        page.getByLabel("System").fill("slowly");
        button(page, "Send").click();
        assertThat(page.locator(".said")).containsText("Count the letters.");
        button(page, "Cancel").click();
        assertThat(page.locator(".said")).containsText("Cancelled after");
        assertThat(button(page, "Send")).isVisible();
    }

    @Test
    void aViewerLooksAndIsOfferedNothingElse() {
        var page = signedInAs(FakePlatform.KEY_OF_A_VIEWER, "/playground");
        assertThat(page.locator(".empty")).containsText("Your role in this team is viewer");
        assertThat(page.locator("main form")).hasCount(0);
        for (var place : List.of("/upstreams", "/recordings", "/people", "/usage", "/models/47868e4a-4b35-4e93-8b3e-90b7d7435571")) {
            page.navigate(platform.address(place));
            assertThat(page.locator("main table").first()).isVisible();
            var buttons = Pattern.compile("^(Probe|Edit|Remove|Delete|Load|Add|Rotate|Invite|Make a key|Set a (budget|price)|Enter)");
            assertThat(page.locator("main").getByText(buttons)).hasCount(0);
        }
        assertThat(page.locator("#top")).not().containsText("Audit");
    }

    @Test
    void aSignInByAKeyThatOpensLessIsOfferedLess() {
        var page = signedIn("/people");
        assertThat(button(page, "Invite somebody")).isVisible();
        page.route("**/v2/auth/me", route -> {
            var me = route.fetch();
            var narrowed = me.text().replaceFirst("\\{", "{\"scopes\": [\"read\"],");
            route.fulfill(new Route.FulfillOptions().setResponse(me).setBody(narrowed));
        });
        page.reload();
        assertThat(rowOf(page, "ask_…x7Qk")).isVisible();
        assertThat(page.locator("main button")).hasCount(0);
        page.navigate(platform.address("/playground"));
        assertThat(page.locator(".empty")).containsText("You signed in with a key that opens read alone");
    }

    @Test
    void aNewKeyIsShownOnceAndMayNoMoreThanWasChosen() {
        var page = signedIn("/people");
        button(page, "Make a key").click();
        page.getByLabel("Name").fill("ci");
        page.getByLabel("models: call models").check();
        button(page, "Make it").click();
        assertThat(page.locator(".once")).containsText("ask_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG");
        assertThat(platform.awaitChanges()).containsExactly("POST /v2/keys {\"name\":\"ci\",\"scopes\":[\"models\"]}");
        page.getByText("I have it").click();
        assertThat(page.locator(".once")).hasCount(0);
        assertThat(page.locator("body")).not().containsText("ask_0123456789");
        rowOf(page, "ask_…mM3e").getByText("Change").click();
        assertThat(page.getByLabel("telemetry: report runs")).isChecked();
        page.getByLabel("telemetry: report runs").uncheck();
        page.waitForResponse("**/v2/keys/*", () -> button(page, "Save").click());
        assertThat(platform.awaitChanges()).containsExactly("PATCH /v2/keys/00000003-3333-4333-8333-333333333333 "
                + "{\"name\":\"nightly evaluations on the build machine in the cellar\",\"scopes\":[\"models\",\"write\"]}");
        rowOf(page, "ask_…mM3e").getByText("Rotate").click();
        assertThat(page.locator(".once")).containsText("ask_rotated");
    }

    @Test
    void peopleAreInvitedGivenARoleAndTakenOut() {
        var page = signedIn("/people");
        assertThat(rowOf(page, "new@example.org")).containsText("invited");
        button(page, "Invite somebody").click();
        page.getByLabel("Address").fill("eve@example.org");
        page.locator(".entering").getByLabel("Role").selectOption("viewer");
        button(page, "Invite").click();
        assertThat(button(page, "Invite somebody")).isVisible();
        page.waitForResponse("**/v2/team/members/*", () -> page.getByLabel("Role of Vi").selectOption("member"));
        assertThat(page.locator("main:not(.loading) h1")).isVisible();
        rowOf(page, "vi@example.org").getByText("Remove").click();
        page.waitForResponse("**/v2/team/members/*", () -> rowOf(page, "vi@example.org").getByText("Remove, and end all keys").click());
        assertThat(rowOf(page, "vi@example.org").getByText("Remove, and end all keys")).hasCount(0);
        assertThat(platform.awaitChanges()).containsExactly(
                "POST /v2/team/members {\"email\":\"eve@example.org\",\"role\":\"viewer\"}",
                "PATCH /v2/team/members/7513270e-269e-4d37-b2a7-4de452e6b438 {\"role\":\"member\"}",
                "DELETE /v2/team/members/7513270e-269e-4d37-b2a7-4de452e6b438");
    }

    @Test
    void upstreamsShowHowTheyStandAndAreEnteredAndChanged() {
        var page = signedIn("/upstreams");
        assertThat(rowOf(page, "northwind")).containsText("answers");
        assertThat(rowOf(page, "northwind")).containsText("1.9 s");
        assertThat(rowOf(page, "harbor-private")).containsText("12 (35 %)");
        assertThat(rowOf(page, "spare")).containsText("There until");
        assertThat(rowOf(page, "northwind").getByText("Remove")).hasCount(0);
        page.waitForResponse("**/v2/upstreams/northwind/probe", () -> rowOf(page, "northwind").getByText("Probe").click());
        assertThat(platform.awaitChanges()).containsExactly("POST /v2/upstreams/northwind/probe");
        rowOf(page, "harbor-private").getByText("Edit").click();
        assertThat(page.getByLabel("Address")).hasValue("https://models.harbor.example.org/v1");
        assertThat(page.getByLabel("Credential")).hasValue("");
        page.getByLabel("It is asked", new Page.GetByLabelOptions().setExact(true)).uncheck();
        page.getByLabel("Only these models").fill("harbor-1\n\n harbor-2 ");
        page.getByLabel("Seconds to the first byte").fill("300");
        button(page, "Save").click();
        assertThat(button(page, "Enter an upstream")).isVisible();
        assertThat(platform.awaitChanges()).containsExactly("PATCH /v2/upstreams/11111111-5555-4555-8555-555555555555 "
                + "{\"name\":\"harbor-private\",\"preset\":\"openai-compatible\","
                + "\"base_url\":\"https://models.harbor.example.org/v1\",\"region\":\"\",\"models\":[\"harbor-1\",\"harbor-2\"],"
                + "\"limits\":{\"connect_seconds\":10,\"first_seconds\":300,\"next_seconds\":120,\"total_seconds\":600},"
                + "\"enabled\":false}");
    }

    @Test
    void aModelTellsWhereItsCallsGoWhatTheyCostAndHowTheyWent() {
        var page = signedIn("/models/47868e4a-4b35-4e93-8b3e-90b7d7435571");
        assertThat(page.locator("table[aria-label='Where its calls go'] tbody tr")).hasCount(2);
        assertThat(rowOf(page, "as atlas-2-0926")).containsText("640 ms");
        assertThat(rowOf(page, "failed (502)")).containsText("unknown");
        page.getByText("Try it").click();
        assertThat(page.locator("input[name=model]")).hasValue("northwind/atlas-2");
    }

    @Test
    void theAuditShowsWhatBecameOfWhatAndPagesOn() {
        var page = signedIn("/audit");
        assertThat(rowOf(page, "budget.set").locator("del").first()).hasText("200");
        assertThat(rowOf(page, "budget.set").locator("ins").first()).hasText("250");
        assertThat(rowOf(page, "upstream.change")).containsText("limits.first_seconds");
        assertThat(rowOf(page, "upstream.change")).not().containsText("total_seconds");
        assertThat(page.locator("tbody tr")).hasCount(5);
        page.getByText("Show older ones").click();
        assertThat(page.locator("tbody tr")).hasCount(13);
        page.locator("input[name=kind]").fill("key");
        page.locator("input[name=action]").fill("key.revoke");
        button(page, "Show").click();
        assertThat(page).hasURL(platform.address("/audit?object=key&action=key.revoke"));
        assertThat(page.getByText("As CSV")).hasAttribute("href", "/v2/audit?object=key&action=key.revoke&format=csv");
    }

    @Test
    void aPersonMaySignInElsewhereAndSwitchTeams() {
        var page = browser.open(platform.address("/usage"));
        assertThat(page.getByText("Sign in with Example")).hasAttribute("href", "/v2/auth/oidc?to=%2Fusage");
        signIn(page, FakePlatform.KEY_WITH_RUNS);
        var asked = page.waitForRequest("**/v2/auth/team", () -> page.locator("select.team").selectOption("Harbor"));
        assertThat(asked.postData()).isEqualTo("{\"team_id\":\"e23f0824-128b-4f33-8c5c-7fd0a6a3a450\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/upstreams", "/playground", "/recordings", "/usage", "/people", "/audit"})
    void aPlatformWithNothingInItSaysWhatToDoAndEveryFieldHasAName(String path) {
        var page = signedInAs(FakePlatform.KEY_WITHOUT_ANYTHING, path);
        assertThat(page.locator("main:not(.loading) h1")).isVisible();
        assertThat(page.locator(path.equals("/people") ? ".block-head" : ".empty").first()).isVisible();
        page.navigate(platform.address(path));
        assertThat((String) page.evaluate("[...document.querySelectorAll('input, select, textarea, button')]"
                + ".filter(one => !one.labels?.length && !one.ariaLabel && !one.textContent).map(one => one.outerHTML).join()")).isEmpty();
    }
}
