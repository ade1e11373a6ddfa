// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullUnmarked
class ConsoleTests extends PageTests {

    private static final String LEDGER_JOB = "/jobs/00000002-1111-4111-8111-111111111111";
    private static final String LETTER_JOB = "/jobs/00000001-1111-4111-8111-111111111111";
    private static final String LARGE_JOB = "/jobs/00000007-1111-4111-8111-111111111111";
    private static final String RICH_RUN = "/trace/00020003-2222-4222-8222-222222222222";
    private static final String LIVE_RUN = "/trace/00020025-2222-4222-8222-222222222222";
    private static final String UNGRADED_RUN = "/trace/00020012-2222-4222-8222-222222222222";
    private static final String FAILED_RUN = "/trace/00020009-2222-4222-8222-222222222222";
    private static final String HOSTILE_RUN = "/trace/00030001-2222-4222-8222-222222222222";
    private static final String HOSTILE_TEXT = "<img src=x onerror=\"document.title='owned'\"><script>document.title=\"owned\"</script>";

    @Test
    void whoeverSignedInStaysSoAndNoKeyIsKeptWhereAScriptCouldReadIt() {
        var page = signedIn("/jobs");
        assertThat(page.locator("tbody tr")).hasCount(6);
        page.reload();
        assertThat(page.locator("tbody tr")).hasCount(6);
        assertThat(page.locator("select.team option:checked")).hasText("Field lab");
        var kept = page.evaluate(
                "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href])");
        assertThat((String) kept).doesNotContain(FakePlatform.KEY_WITH_RUNS).doesNotContain("assay-sign-in");
    }

    @Test
    void aKeyThatAnEarlierVersionKeptIsForgotten() {
        var page = browser.open(platform.address("/jobs"));
        page.evaluate("localStorage.setItem('assay.key', 'full')");
        page.reload();
        assertThat(page.getByLabel("API key")).isVisible();
        assertThat(page.evaluate("localStorage.getItem('assay.key')")).isNull();
    }

    /** A network that changes, be it that a container starts beside, makes a browser drop what it has not connected for. */
    @ParameterizedTest
    @ValueSource(strings = {"**/assets/main.js", "**/assets/run/turn.js", "**/assets/style/shell.css"})
    void aPageWhoseFilesDoNotAllComeIsLoadedAgain(String file) {
        var page = signedIn("/jobs");
        page.route(file, Route::abort, new Page.RouteOptions().setTimes(1));
        page.navigate(platform.address("/tasksets"));
        assertThat(rowOf(page, "ledger-repairs")).isVisible();
        assertThat(page.locator("#top")).hasCSS("position", "sticky");
    }

    @Test
    void whatOnlyReadsIsAskedForOnceMoreBeforeThePlatformIsCalledAway() {
        var page = signedIn("/jobs");
        page.addInitScript("new MutationObserver(() => window.sawTrouble ||= document.querySelector('.trouble') !== null)"
                + ".observe(document, {childList: true, subtree: true})");
        page.route("**/v2/tasksets*", Route::abort, new Page.RouteOptions().setTimes(1));
        page.navigate(platform.address("/tasksets"));
        assertThat(rowOf(page, "ledger-repairs")).isVisible();
        assertThat(page.evaluate("window.sawTrouble")).isEqualTo(false);
    }

    @Test
    void anUnknownKeyIsRefusedAndAKnownOneLeadsOn() {
        var page = browser.open(platform.address(LETTER_JOB));
        page.getByLabel("API key").fill("wrong");
        page.getByLabel("API key").press("Enter");
        assertThat(page.locator(".form-message")).containsText("not valid here");
        signIn(page, FakePlatform.KEY_WITH_RUNS);
        assertThat(page.locator("h1")).hasText("letter-count (3 tasks) (3 times)");
    }

    @Test
    void noAddressSignsAnybodyInOrTakesASignInsPlace() {
        var stranger = browser.open(platform.address("/jobs#key=" + FakePlatform.KEY_WITH_RUNS));
        assertThat(stranger.getByLabel("API key")).isVisible();
        assertThat(stranger.getByLabel("API key")).hasValue("");
        var page = signedIn("/jobs");
        page.navigate(platform.address("/jobs#key=" + FakePlatform.KEY_WITHOUT_ANYTHING));
        page.reload();
        assertThat(page.locator("tbody tr")).hasCount(6);
    }

    @Test
    void aSignInThatEndsInTheMiddleAsksAgainAndGoesOnWhereItWas() {
        var page = signedIn(LEDGER_JOB);
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(30);
        platform.setSignInsEnded(true);
        try {
            assertThat(page.locator(".form-message")).containsText("Your sign-in is over");
            assertThat(page.locator("#top nav")).hasCount(0);
        } finally {
            platform.setSignInsEnded(false);
        }
        signIn(page, FakePlatform.KEY_WITH_RUNS);
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(30);
    }

    @Test
    void signingOutEndsItForEveryTabOfTheBrowser() {
        var page = signedIn("/jobs");
        var other = page.context().newPage();
        other.navigate(platform.address("/tasksets"));
        assertThat(other.locator("#top nav")).isVisible();
        page.getByText("Sign out").click();
        assertThat(page.getByLabel("API key")).isVisible();
        assertThat(other.getByLabel("API key")).isVisible();
        signIn(page, FakePlatform.KEY_WITHOUT_ANYTHING);
        assertThat(other.locator(".empty h2")).hasText("No tasksets yet");
    }

    @Test
    void whatARoleMayNotSeeIsSaidInTheWordsOfThePlatform() {
        platform.setRefused("/v2/models");
        try {
            var page = signedIn("/models");
            assertThat(page.locator("h1")).hasText("Not yours to see or do");
            assertThat(page.locator(".trouble")).containsText("Your role in this team is viewer; this takes member.");
        } finally {
            platform.setRefused();
        }
    }

    @Test
    void aViewerIsNotToldToEvaluate() {
        var address = platform.address("/models/c79dbc12-1f04-46ff-8272-f5a7aa17c57c");
        assertThat(signIn(browser.open(address), FakePlatform.KEY_WITH_RUNS).locator("main")).containsText("Evaluate with it");
        var viewer = signIn(browser.open(address), FakePlatform.KEY_OF_A_VIEWER);
        assertThat(viewer.locator(".facts")).containsText("Provider");
        assertThat(viewer.locator("main")).not().containsText("Evaluate with it");
    }

    @Test
    void keysOfOthersAreRevokedByAnAdministratorAlone() {
        var viewer = signIn(browser.open(platform.address("/people")), FakePlatform.KEY_OF_A_VIEWER);
        assertThat(rowOf(viewer, "ask_…x7Qk").getByText("Revoke")).hasCount(0);
        assertThat(rowOf(viewer, "ask_…p0aB").getByText("Revoke")).hasCount(1);
        var page = signedIn("/people");
        var row = rowOf(page, "ask_…p0aB");
        row.getByText("Revoke").click();
        assertThat(row.getByText("Revoke for good")).isFocused();
        assertThat(platform.changes()).isEmpty();
        row.getByText("Revoke for good").click();
        assertThat(row.getByText("Revoke for good")).hasCount(0);
        assertThat(platform.awaitChanges()).containsExactly("DELETE /v2/keys/00000002-3333-4333-8333-333333333333");
    }

    @Test
    void anEmptyPlatformTellsANewcomerWhatToDo() {
        var page = signIn(browser.open(platform.address("/")), FakePlatform.KEY_WITHOUT_ANYTHING);
        assertThat(page.locator(".empty")).containsText("./assay demo");
        for (String place : new String[] {"Tasksets", "Environments", "Models"}) {
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(place)).click();
            assertThat(page.locator(".empty h2")).hasText("No " + place.toLowerCase(Locale.ROOT) + " yet");
        }
    }

    @Test
    void openSandboxesAreWarnedOfOnEveryPageAndWalledOnesAreNot() {
        var page = signIn(browser.open(platform.address("/"), 360), FakePlatform.KEY_WITHOUT_ANYTHING);
        assertThat(page.locator("#warning")).containsText("Sandboxes are open. Environments run without walls on laptop.local-1f3c9a2e");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Models")).click();
        assertThat(page.locator(".empty h2")).hasText("No models yet");
        assertThat(page.locator("#warning")).isVisible();
        assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isTrue();

        var walled = signedIn("/jobs");
        walled.waitForResponse("**/v2/workers", walled::reload);
        assertThat(walled.locator("tbody tr")).hasCount(6);
        assertThat(walled.locator("#warning")).isEmpty();
    }

    @Test
    void ungradedIsAWordAndNotAZero() {
        var jobs = signedIn("/jobs");
        assertThat(rowOf(jobs, "Custom agent without grader")).containsText("ungraded");
        assertThat(rowOf(jobs, "Custom agent without grader")).not().containsText("0.000");
        assertThat(signedIn(UNGRADED_RUN).locator(".grade")).containsText("ungraded");
    }

    @ParameterizedTest
    @ValueSource(strings = {LEDGER_JOB, "/jobs/00000002111141118111111111111111", "/jobs/00000002-1111-4111-8111-111111111111/"})
    void aJobOpensByAnySpellingOfItsIdAndShowsItsRuns(String path) {
        var page = signedIn(path);
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(30);
        assertThat(page.locator(".numbers")).containsText("over 20 graded runs");
        assertThat(page.locator("table[aria-label=Tasks] tbody tr")).hasCount(5);
        page.locator(".chip", new Page.LocatorOptions().setHasText("error")).click();
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(2);
        assertThat(page.url()).endsWith("?status=error");
    }

    @Test
    void theNumbersOfAJobOfManyRunsAreThePlatforms() {
        var page = signedIn(LARGE_JOB);
        assertThat(page.locator(".numbers")).containsText("over 4,425 graded runs");
        assertThat(page.locator(".numbers")).containsText("4,980 ended");
        assertThat(page.locator(".numbers")).not().containsText("all ended");
        assertThat(page.locator(".numbers")).containsText("1,200of 4,425 graded runs");
        assertThat(page.locator("table[aria-label=Tasks] tbody tr")).hasCount(100);
        assertThat(rowOf(page, "task-001").first()).containsText("of 36");
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(200);
        assertThat(page.locator(".block", new Page.LocatorOptions().setHas(page.locator("table[aria-label=Runs]"))).locator(".cut"))
                .containsText("The newest 200 of 5,000 runs.");
        assertThat(page.locator(".chip", new Page.LocatorOptions().setHasText("error"))).containsText("555");
        page.locator(".cut", new Page.LocatorOptions().setHasText("runs.")).getByText("Show more").click();
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(250);
        page.locator(".chip", new Page.LocatorOptions().setHasText("queued")).click();
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(10);
    }

    @Test
    void aTimelineShowsPromptTurnsResultsAndGrade() {
        var page = signedIn("/trace/00020003222242228222222222222222");
        assertThat(page.locator(".entry.is-prompt")).containsText("off by a cent");
        assertThat(page.locator(".timeline").first().locator(".entry.is-turn")).hasCount(5);
        Locator shell = page.locator(".terminal").first();
        assertThat(shell.locator(".command")).containsText("python -m pytest -q");
        assertThat(shell).containsText("exit 1");
        assertThat(shell).containsText("1 failed, 3 passed");
        assertThat(page.locator(".entry.is-evaluate .subscores .subscores")).containsText("hidden tests");
        assertThat(page.locator(".grade .value").first()).containsText("0.700");
        page.locator(".files summary", new Page.LocatorOptions().setHasText("report.py")).first().click();
        assertThat(page.locator(".diff .plus").first()).containsText("from decimal import Decimal");
        assertThat(page.locator(".page-head")).containsText("attempt 2");
    }

    @Test
    void whatChecksHaveFoundAndAllGradesStandBesideTheGradeWithLinksToTheSteps() {
        var page = signedIn(RICH_RUN);
        assertThat(page.locator(".qa h3")).hasText(new String[] {"false positiveerror", "hack signsfailed", "reward hackingpassed"});
        assertThat(page.locator(".qa")).containsText("No model is set to judge by");
        assertThat(page.locator(".qa li").last().locator("a")).hasCount(1);
        page.locator(".qa li a").first().click();
        assertThat(page.locator(".entry.is-current")).hasCount(1);
        assertThat(page.locator(".entry.is-current")).isInViewport();
        var grades = page.locator(".grades > ul > li");
        assertThat(grades).containsText(new String[] {"0.400", "0.700", "0.500"});
        assertThat(grades.first()).containsText("of record");
        grades.last().getByText("What it was made of").click();
        assertThat(grades.last()).containsText("Says which columns it renamed.");
        grades.last().getByText("Make it count").click();
        assertThat(grades.last()).containsText("counts from now on");
        assertThat(platform.awaitChanges())
                .containsExactly("POST /v2" + RICH_RUN + "/grades/record {\"grade_id\":\"4c2f7a51-0b7d-4b0c-9a6e-5d0f1b2c3d4e\"}");
        assertThat(signedIn(UNGRADED_RUN).locator(".qa, .grades")).hasCount(0);
    }

    @Test
    void aScriptedModelIsShownAsScripted() {
        assertThat(signedIn(LETTER_JOB).locator(".badge.is-scripted").first()).isVisible();
        assertThat(signedIn("/trace/00010001-2222-4222-8222-222222222222").locator(".page-head .badge.is-scripted")).isVisible();
        assertThat(rowOf(signedIn("/models"), "Letter count").locator(".badge.is-scripted")).isVisible();
        assertThat(rowOf(signedIn("/models"), "Atlas 2").locator(".badge.is-scripted")).hasCount(0);
    }

    @Test
    void whatARunWroteStaysText() {
        var page = signedIn(HOSTILE_RUN);
        assertThat(page.locator(".entry.is-prompt")).containsText(HOSTILE_TEXT);
        assertThat(page.locator("main img, main script")).hasCount(0);
        assertThat(page.title()).isNotEqualTo("owned");
        assertThat(page.locator(".banner")).containsText("⟨U+202E⟩");
    }

    @Test
    void theErrorOfAFailedRunStandsOnTop() {
        assertThat(signedIn(FAILED_RUN).locator(".banner")).containsText("did not answer within 120 s");
        assertThat(signedIn(FAILED_RUN).locator(".banner")).containsText("The environment failed (provisioning).");
    }

    @Test
    void aJobSaysWhatItsMeanLeavesOutAndWhy() {
        assertThat(signedIn(LEDGER_JOB).locator(".numbers")).containsText("2 environment failed, 1 cancelled, 2 without a grade");
    }

    @Test
    void aLiveTimelineGrowsByItself() {
        var page = signedIn(LIVE_RUN);
        assertThat(page.locator(".live")).isVisible();
        int before = page.locator(".entry.is-turn").count();
        assertThat(page.locator(".entry.is-turn").nth(before)).isVisible();
    }

    @Test
    void aRunTellsHowItCameToStandWhereItStandsAndWhoseWordItWas() {
        var page = signedIn("/trace/00020003-2222-4222-8222-222222222222");
        var steps = page.locator(".history li");
        assertThat(steps).hasText(new String[] {
            "startQueued",
            "+1.0 sTaken by rack-7-slot-with-a-very-long-name-of-its-ownattempt 1",
            "+1.8 sEnded in an error, said rack-7-slot-with-a-very-long-name-of-its-own"
                    + "[provisioning] the environment took longer to get ready than it may",
            "+2.4 sQueued again by Ada",
            "+3.0 sTaken by local-2attempt 2",
            "+4.5 sEnvironment ready",
            "+27 sCompleted, said local-2"
        });
    }

    @Test
    void aRunThatBeginsAgainWhileItIsReadIsShownAnewAndMixesNoAttempts() {
        var page = signedIn(LIVE_RUN);
        assertThat(page.locator(".entry.is-turn").nth(2)).isVisible();
        try {
            platform.beginAgain("00020025-2222-4222-8222-222222222222");
            assertThat(page.locator(".page-head .badge.is-warn")).hasText("attempt 2");
            assertThat(page.locator(".entry.is-turn")).hasCount(1);
            assertThat(page.locator(".entry")).hasCount(3);
            assertThat(page.locator(".entry.is-turn h3")).hasText("Turn 1");
            assertThat(page.locator(".live")).isVisible();
        } finally {
            platform.beginAgain("");
        }
    }

    @Test
    void anUnknownIdGetsAPageOfItsOwn() {
        assertThat(signedIn("/jobs/99999999-1111-4111-8111-111111111111").locator("h1")).hasText("Nothing is here");
        assertThat(signedIn("/trace/no-id").locator("h1")).hasText("Nothing is here");
    }

    @Test
    void aPlatformThatIsAwayIsAskedAgain() {
        var page = signedIn("/jobs");
        platform.setAway(true);
        try {
            page.reload();
            assertThat(page.locator("h1")).hasText("The platform does not answer");
            platform.setAway(false);
            page.getByText("Ask now").click();
            assertThat(page.locator("tbody tr")).hasCount(6);
        } finally {
            platform.setAway(false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/jobs", LEDGER_JOB, LARGE_JOB, RICH_RUN, HOSTILE_RUN, "/tasksets", "/environments",
        "/environments/36f675cc-81e7-4ef5-a8e2-5d940ed90475", "/models", "/settings",
        "/models/47868e4a-4b35-4e93-8b3e-90b7d7435571",
        "/models/a1b2c3d4-7f31-4c5e-9a10-3d5e6f708192?checkpoint=step-14", "/upstreams", "/playground", "/recordings", "/usage", "/people", "/workers", "/audit"})
    void aNarrowScreenShowsAllWithoutScrollingSideways(String path) {
        var page = signedIn(path, 360);
        assertThat(page.locator("h1")).not().hasText("");
        assertThat(page.locator("main.loading")).hasCount(0);
        assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
    }

    @Test
    void theColoursFollowTheButtonAndAreRemembered() {
        var page = signedIn("/jobs");
        page.locator("button.theme").click();
        assertThat(page.locator("html")).hasAttribute("data-theme", Pattern.compile("dark"));
        page.reload();
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    }
}
