// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.SameSiteAttribute;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.assay.testsupport.OidcStandIn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/** The console in a real browser, over a job that was really run. */
@DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*chromium.*", disabledReason = "no Chromium here")
class ConsoleTests {

    private static final Platform PLATFORM = Platform.shared();

    private static Chromium chromium;
    private static String job;
    private static String run;

    @BeforeAll
    static void evaluateAndOpenABrowser() {
        Deployed.counter();
        job = Deployed.user().run("eval", "counter", "openai_compatible", "--model", "scripted/counter", "--group", "2", "-y")
                .exitsWith(0).find("/jobs/([0-9a-f-]{36})");
        run = PLATFORM.api(Deployed.KEY).get("/v2/jobs/" + job + "/traces?limit=5").expect(200).body().get("items").get(0).get("id").stringValue();
        chromium = new Chromium();
    }

    @AfterAll
    static void close() {
        chromium.close();
    }

    @Test
    void withoutAKeyThePageAsksForOne() {
        var page = chromium.page();

        page.navigate(PLATFORM.url() + "/jobs");

        assertThat(page.locator("input")).isVisible();
        page.context().close();
    }

    @Test
    void theJobsAndOneJobWithItsRuns() {
        var errors = new ArrayList<String>();
        var page = signedIn(errors);

        page.navigate(PLATFORM.url() + "/jobs");
        assertThat(page.locator("main")).containsText("counter");

        for (var id : List.of(job, job.replace("-", ""))) {
            page.navigate(PLATFORM.url() + "/jobs/" + id);
            assertThat(page.locator("main")).containsText("1.000");
            assertThat(page.locator("main a[href*='/trace/']").first()).isVisible();
        }
        assertThat(errors).isEmpty();
        page.context().close();
    }

    /** S36, from the console: what the client's command does, and its page hears of each step. */
    @Test
    void s36ATasksetIsEvaluatedFromItsPage() {
        Deployed.letters();
        var errors = new ArrayList<String>();
        var page = signedIn(errors);
        var api = PLATFORM.api(Deployed.KEY);
        var taskset = api.get("/v2/tasksets/by-name/letters").expect(200).body().get("taskset_id").stringValue();

        page.navigate(PLATFORM.url() + "/tasksets/" + taskset);
        page.getByText("Start a job").click();
        page.getByLabel("Model", new Page.GetByLabelOptions().setExact(true)).fill("scripted/lettres");
        page.getByLabel("Runs of each task").fill("3");
        page.getByText("Start it").click();
        assertThat(page.locator(".complaint")).containsText("The catalog has no model 'scripted/lettres'");
        page.getByLabel("Model", new Page.GetByLabelOptions().setExact(true)).fill("scripted/letters");
        page.waitForRequest("**/live", () -> page.getByText("Start it").click());
        assertThat(page.locator(".numbers")).containsText("over 9 graded runs", new LocatorAssertions.ContainsTextOptions().setTimeout(120_000));
        assertThat(page.locator(".numbers")).containsText("1.000");
        var started = api.get("/v2/jobs/" + page.url().replaceAll(".*/", "")).expect(200).body();
        assertThat(started.get("taskset_name").stringValue()).isEqualTo("letters");
        assertThat(started.get("status").stringValue()).isEqualTo("completed");
        assertThat(errors).isEmpty();
        page.context().close();
    }

    @Test
    void aRunsTimelineWithPromptCallResultAndGrade() {
        var errors = new ArrayList<String>();
        var page = signedIn(errors);

        for (var id : List.of(run, run.replace("-", ""))) {
            page.navigate(PLATFORM.url() + "/trace/" + id);
            page.locator("main").getByText("instructions.txt").first()
                    .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.VISIBLE));
            assertThat(page.locator("main")).containsText("How many words does the file instructions.txt hold?");
            assertThat(page.locator("main")).containsText("wc -w < instructions.txt");
            assertThat(page.locator("main")).containsText("scripted/counter");
            assertThat(page.locator("main")).containsText("1.000");
        }
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "console-run.png")).setFullPage(true));
        assertThat(errors).isEmpty();
        page.context().close();
    }

    @Test
    void aRunIsPlayedSearchedAndLaidBesideTheOtherOneOfItsTask() {
        var errors = new ArrayList<String>();
        var page = signedIn(errors);

        page.navigate(PLATFORM.url() + "/trace/" + run + "?find=wc%20-w");
        assertThat(page.locator(".found")).containsText("step in");
        page.getByLabel("Search this run").press("Enter");
        assertThat(page.locator(".entry.is-current.is-hit")).containsText("wc -w < instructions.txt");
        page.waitForURL("**/trace/*step=*");
        page.reload();
        assertThat(page.locator(".entry.is-current")).containsText("wc -w < instructions.txt");
        page.getByLabel("Speed").selectOption("100");
        page.getByLabel("Play the run").click();
        assertThat(page.locator(".entry.is-current h3")).hasText("Evaluation");
        page.locator(".chip").getByText("Terminal").click();
        assertThat(page.locator(".shell-row").first()).containsText("wc -w < instructions.txt");

        page.navigate(PLATFORM.url() + "/jobs/" + job);
        page.getByText("side by side").click();
        assertThat(page.locator(".verdict")).hasText(Pattern.compile("All \\d+ steps are alike\\."));
        assertThat(page.locator(".beside tbody tr").first()).hasText("Reward1.0001.000");
        assertThat(errors).isEmpty();
        page.context().close();
    }

    @Test
    void everyLinkThatTheClientPrintsOpensAPage() {
        var page = signedIn(new ArrayList<>());
        var taskset = PLATFORM.api(Deployed.KEY).get("/v2/tasksets/by-name/counter").expect(200).body().get("taskset_id").stringValue();
        var environment = PLATFORM.api(Deployed.KEY).get("/v2/registry?search=counter&limit=5").expect(200).body().get("items").get(0)
                .get("id").stringValue();
        for (var address : List.of("/jobs", "/tasksets/" + taskset, "/environments/" + environment)) {
            assertThat(page.navigate(PLATFORM.url() + address).status()).as(address).isEqualTo(200);
            assertThat(page.locator("main h1")).isVisible();
        }
        page.context().close();
    }

    @Test
    void aModelIsCalledInThePlaygroundAKeyIsMadeAndUsageAndAuditKnowOfBoth() {
        var errors = new ArrayList<String>();
        var page = signedIn(errors);
        for (var dialect : List.of("chat", "messages")) {
            page.navigate(PLATFORM.url() + "/playground?model=scripted/counter&dialect=" + dialect);
            page.getByText("Send").click();
            assertThat(page.locator(".booked")).containsText("Served by");
            assertThat(page.locator(".booked")).containsText("scripted");
            assertThat(page.locator(".said .is-error")).hasCount(0);
        }
        page.navigate(PLATFORM.url() + "/usage?of=calls"); // a script costs nothing, and of nothing there is no chart
        page.locator(".chart canvas").waitFor();
        assertThat(page.locator("main")).containsText("scripted/counter");

        page.navigate(PLATFORM.url() + "/people");
        page.getByText("Make a key").click();
        page.getByLabel("Name").fill("made in the console");
        page.locator("form .button").click();
        assertThat(page.locator(".once code, .once pre")).containsText("ask_");
        page.navigate(PLATFORM.url() + "/audit?action=key.make");
        assertThat(page.locator("main")).containsText("made in the console");
        assertThat(errors).isEmpty();
        page.context().close();
    }

    /** The provider is on another site than we are (localhost, and 127.0.0.1): its redirect back brings no cookie that is Strict. */
    @Test
    void whoeverWasInvitedSignsInWithTheProviderAndIsLedToThePageThatTheyWanted() {
        var provider = OidcStandIn.SHARED;
        provider.start();
        provider.knows("cleo", Map.of("email", "cleo@example.org", "email_verified", true, "name", "Cleo"));
        PLATFORM.api(Deployed.KEY).post("/v2/team/members", Map.of("email", "cleo@example.org", "role", "member")).expect(201);
        var errors = new ArrayList<String>();
        var led = new ArrayList<String>();
        var page = chromium.page();
        var context = page.context();
        page.onPageError(errors::add);
        page.onFrameNavigated(frame -> led.add(frame.url()));

        page.navigate(PLATFORM.url() + "/jobs?status=completed");
        page.getByText("Sign in with Example").click();
        page.getByLabel("Username").fill("cleo");
        page.getByLabel("Password").fill(OidcStandIn.PASSWORD);
        page.getByLabel("Password").press("Enter");

        page.waitForURL(PLATFORM.url() + "/jobs?status=completed");
        assertThat(page.locator("nav").first()).isVisible();
        assertThat(page.locator("main")).containsText("counter");
        assertThat(page.getByText("Sign in with Example")).hasCount(0);
        assertThat(context.cookies(PLATFORM.url())).filteredOn(cookie -> cookie.name.equals("assay-sign-in"))
                .singleElement().satisfies(cookie -> {
                    assertThat(cookie.sameSite).isEqualTo(SameSiteAttribute.STRICT);
                    assertThat(cookie.httpOnly).isTrue();
                });
        assertThat(led).as("no circles").filteredOn(url -> url.contains("/v2/auth/oidc/callback")).hasSize(1);

        // once more, from there: the provider still knows who it is and asks nothing
        page.navigate(provider.issuer() + "/login");
        page.evaluate("to => { location.href = to; }", PLATFORM.url() + "/v2/auth/oidc?to=/models");
        page.waitForURL(PLATFORM.url() + "/models");
        assertThat(page.locator("nav").first()).isVisible();
        assertThat(page.getByText("Sign in with Example")).hasCount(0);
        assertThat(errors).isEmpty();
        context.close();
    }

    @Test
    void theApisPageIsReadByWhoeverIsSignedIn() {
        var errors = new ArrayList<String>();
        var page = signedIn(errors);
        page.navigate(PLATFORM.url() + "/docs");
        page.getByText("/v2/auth/me").first().waitFor();
        assertThat(errors).isEmpty();
        page.context().close();
    }

    private static Page signedIn(List<String> errors) {
        return chromium.signedIn(PLATFORM, Deployed.KEY, errors);
    }
}
