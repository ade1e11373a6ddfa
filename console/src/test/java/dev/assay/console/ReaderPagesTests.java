// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a run is read: played, searched, as a terminal, beside another one. */
@NullUnmarked
class ReaderPagesTests extends PageTests {

    private static final String RICH_RUN = "/trace/00020003-2222-4222-8222-222222222222";
    private static final String SCREENS_RUN = "/trace/00080001-2222-4222-8222-222222222222";
    private static final String HOSTILE_RUN = "/trace/00030001-2222-4222-8222-222222222222";
    private static final String LIVE_RUN = "/trace/00020025-2222-4222-8222-222222222222";
    private static final String TWO_RUNS =
            "/trace/00010001-2222-4222-8222-222222222222?with=00010002-2222-4222-8222-222222222222";
    private static final Pattern CURSOR = Pattern.compile("cursor=(\\d+)");
    private static final int MANY = 100_000;
    private static final String AXE = axe();

    @Test
    void theKeysGoFromStepToStepAndEachStepHasAnAddressOfItsOwn() {
        var page = signedIn(RICH_RUN);
        assertThat(page.locator(".controls .place")).hasText("8 steps · 24 s");
        page.keyboard().press("j");
        page.keyboard().press("j");
        page.keyboard().press("ArrowRight");
        page.keyboard().press("j");
        page.keyboard().press("k");
        assertThat(current(page).locator("h3")).hasText("Turn 1");
        assertThat(current(page).locator("a.offset")).isFocused();
        assertThat(page).hasURL(Pattern.compile("\\?step=6bf46c697d2caf82$"));
        assertThat(page.getByLabel("Moment of the run"))
                .hasAttribute("aria-valuetext", "step 3 of 8, Turn 1, bash, at 230 ms");

        page.reload();
        assertThat(current(page).locator("h3")).hasText("Turn 1");
        page.getByLabel("Moment of the run").press("End");
        assertThat(current(page).locator("h3")).hasText("Evaluation");
        page.keyboard().press("?");
        assertThat(page.locator("dialog")).containsText("next step");
        page.getByLabel("Listen to these keys").uncheck();
        page.keyboard().press("Escape");
        page.keyboard().press("k");
        page.keyboard().press("?");
        assertThat(page.locator("dialog")).isVisible();
        assertThat(current(page).locator("h3")).hasText("Evaluation");
    }

    @Test
    void aRunPlaysToItsEndAndCanBeScrubbedOnTheWay() {
        var page = signedIn(RICH_RUN);
        page.getByLabel("Speed").selectOption("100");
        page.keyboard().press(" ");
        assertThat(page.getByLabel("Pause the run")).isVisible();
        assertThat(current(page).locator("h3")).hasText("Evaluation");
        assertThat(page.getByLabel("Play the run")).isVisible();
        page.getByLabel("Moment of the run").fill("7000");
        assertThat(current(page).locator("h3")).hasText("Turn 2");
        assertThat(page.locator(".lanes svg.is-errors path")).hasAttribute("d", Pattern.compile("^M.*Z$"));
    }

    @Test
    void whatGoesOnIsPlayedToWhereItIsAndOnWithWhatComes() {
        var page = signedIn("/jobs");
        var steps = new AtomicInteger(2);
        page.route(Pattern.compile(LIVE_RUN + "/timeline"), route -> {
            var cursor = CURSOR.matcher(route.request().url());
            int from = cursor.find() ? Integer.parseInt(cursor.group(1)) : 0;
            answer(route, steps.get(), from, steps.get(), IntStream.range(from, steps.get())
                    .mapToObj("{\"seq\": %1$d, \"id\": \"s%1$d\", \"kind\": \"prompt\", \"text\": \"said %1$d\"}"::formatted));
        });
        page.navigate(platform.address(LIVE_RUN));
        assertThat(page.locator(".entry")).hasCount(2);
        page.keyboard().press(" ");
        assertThat(current(page)).containsText("said 1");
        assertThat(page.getByLabel("Pause the run")).isVisible();
        steps.set(4);
        assertThat(current(page)).containsText("said 3");
        page.keyboard().press(" ");
        assertThat(page.getByLabel("Play the run")).isVisible();
    }

    @Test
    void theStripOfScreenshotsFollowsAndLeads() {
        var page = signedIn(SCREENS_RUN);
        assertThat(page.locator(".controls .place")).containsText("14 steps");
        page.keyboard().press("j");
        page.locator(".strip button").nth(3).click();
        assertThat(page.locator(".strip [aria-current]")).hasAttribute("aria-label", Pattern.compile("Screenshot of step 6,.*"));
        assertThat(current(page).locator("h3")).hasText("Turn 4");
        page.keyboard().press("j");
        page.keyboard().press("j");
        assertThat(page.locator(".strip [aria-current]")).hasAttribute("aria-label", Pattern.compile("Screenshot of step 8,.*"));
    }

    @Test
    void whatAModelCallTookAndCostStandsInItsTurnAndWhyACriterionWasNotMetBesideIt() {
        var page = signedIn(RICH_RUN);
        var turn = page.locator(".entry", new Page.LocatorOptions().setHasText("Turn 2"));
        assertThat(turn.locator(".entry-head")).containsText("1,401 → 58 tokens · $0.0009602");
        assertThat(turn).containsText("Model callnorthwind/atlas-2 · 1,401 → 58 tokens, 812 cached · $0.0009602 · 2.3 s · first byte after 350 ms");
        assertThat(page.locator(".side")).containsText("Cost$0.0043985");
        assertThat(page.locator(".entry.is-evaluate")).containsText("names the cause, but not the months that were off");
    }

    @Test
    void theShellOfARunIsOneTerminalInItsColours() {
        var page = signedIn(RICH_RUN);
        assertThat(page.locator(".entry").first()).isVisible();
        page.keyboard().press("t");
        assertThat(page).hasURL(Pattern.compile("view=terminal"));
        assertThat(page.locator(".shell-row")).hasCount(2);
        assertThat(page.locator(".shell-row").first()).containsText("cd /srv/ledger && ls && python -m pytest -q");
        assertThat(page.locator(".shell-row .exit.is-error")).hasText("exit 1");
        page.locator(".shell-row").last().locator("a.offset").click();
        assertThat(page.locator(".shell-row.is-current")).containsText("4 passed");
        page.keyboard().press("t");
        assertThat(current(page).locator("h3")).hasText("Turn 4");
        assertThat(page.evaluate("""
                async () => {
                    const {colouredView} = await import('/assets/run/ansi.js');
                    const pre = document.createElement('pre');
                    pre.append(...colouredView('a\\u001b[31;1mred\\u001b[0m \\u001b[38;5;31mb\\u001b[2J\\u001b]0;owned\\u0007<i>\\u0000\\u202e'));
                    return pre.innerHTML;
                }""")).isEqualTo("a<span class=\"ink-1 is-bold\">red</span> b&lt;i&gt;␀⟨U+202E⟩");
    }

    @Test
    void aDifferenceStandsSideBySideAndTheAddressRemembers() {
        var page = signedIn(RICH_RUN);
        button(page, "Side by side").click();
        assertThat(page).hasURL(Pattern.compile("diff=split"));
        page.reload();
        page.locator(".files summary", new Page.LocatorOptions().setHasText("report.py")).first().click();
        var changed = page.locator(".split").first();
        assertThat(changed.locator("code.minus")).hasText("    return sum(amounts)");
        assertThat(changed.locator("code.plus").nth(1)).hasText("    # Cents are exact in decimal, and only there.");
        assertThat(changed.locator(".number")).hasText(new String[] {
            "1  ", "1  ", "", "2 +", "2  ", "3  ", "3  ", "4  ", "4  ", "5  ", "5 −", "6 +", "", "7 +"});
    }

    @Test
    void twoRunsOfOneTaskStandStepBesideStepWithWhatDiffers() {
        var page = signedIn("/jobs/00000001-1111-4111-8111-111111111111");
        page.getByText("side by side").first().click();
        assertThat(page.locator("h1")).containsText("Two runs");
        page.navigate(platform.address(TWO_RUNS));
        assertThat(page.locator("h1")).hasText("Two runs of strawberry");
        assertThat(page.locator(".pair")).hasCount(5);
        assertThat(page.locator(".verdict")).hasText("All 5 steps are alike.");
        page.navigate(platform.address("/trace/00010001-2222-4222-8222-222222222222?with=00020003222242228222222222222222"));
        assertThat(page.locator(".verdict")).hasText("8 of 8 steps differ; the first is Task.");
        assertThat(page.locator(".pair").nth(2).locator(".half").last()).containsText("python -m pytest");
        assertThat(page.locator(".pair").nth(5)).containsText("No such step");
        assertThat(page.locator(".pair").last().locator("h3")).hasText(new String[] {"Evaluation", "Evaluation"});
        assertThat(page.locator(".beside")).containsText("0.700");
        page.locator(".beside").getByText("Run 00020003").click();
        page.getByText("Beside another run of its task").click();
        assertThat(page.locator(".others a").first())
                .hasAttribute("href", "/trace/00020003-2222-4222-8222-222222222222?with=00020001-2222-4222-8222-222222222222");
    }

    /** Of a hundred thousand steps a page holds what is near; it searches in all of them, and reads them before it says that there is nothing. */
    @Test
    void aHundredThousandEntriesAreSearchedAndWalkedThroughWithoutBeingDrawn() {
        var page = signedIn("/jobs");
        page.route(Pattern.compile(RICH_RUN + "/timeline"), ReaderPagesTests::many);
        page.navigate(platform.address(RICH_RUN + "?find=needle-99998"));
        assertThat(page.locator(".found")).hasText("1 step in 100,000 entries");
        assertThat(page.locator(".controls .place")).containsText("50,000 steps");
        page.getByLabel("Search this run").press("Enter");
        assertThat(current(page)).containsText("needle-99998");
        assertThat(page.locator(".found")).hasText("1 of 1 step");
        page.getByLabel("Moment of the run").fill("30000000");
        assertThat(current(page).locator("h3")).hasText("Turn 30001");
        assertThat(current(page)).isInViewport();
        page.mouse().wheel(0, -6000);
        assertThat(current(page)).not().isInViewport();
        assertThat((Integer) page.evaluate("document.querySelectorAll('.entry').length")).isLessThan(400);
        page.getByLabel("Search this run").fill("nowhere at all");
        assertThat(page.locator(".found")).hasText("nothing in 100,000 entries");
    }

    /** A turn and its call by turns, a second for both. */
    private static void many(Route route) {
        var cursor = CURSOR.matcher(route.request().url());
        int from = cursor.find() ? Integer.parseInt(cursor.group(1)) : 0;
        int to = Math.min(MANY, from + 500);
        var entries = IntStream.range(from, to).mapToObj(seq -> ("{\"seq\": %d, \"id\": \"s%d\", \"step\": %d, "
                        + "\"started_at\": %d, \"ended_at\": %d, ").formatted(seq + 1, seq, seq, seq * 500L, seq * 500L + 400)
                + (seq % 2 == 0
                        ? "\"kind\": \"agent\", \"text\": \"needle-%d\", \"tool_calls\": [{\"id\": \"c\", \"name\": \"look\", \"arguments\": {}}]}"
                        : "\"kind\": \"tool\", \"call_id\": \"c\", \"tool_name\": \"look\", \"result_text\": \"seen %d\"}").formatted(seq));
        answer(route, MANY, from, to, entries);
    }

    private static void answer(Route route, int all, int from, int to, Stream<String> entries) {
        route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(
                "{\"latest_seq\": %d, \"next\": \"%d\", \"more\": %b, \"entries\": [%s]}"
                        .formatted(from == to ? -1 : all, to, to < all, entries.collect(Collectors.joining(",")))));
    }

    @Test
    void whatARunWroteStaysTextInEveryView() {
        for (var address : new String[] {HOSTILE_RUN + "?find=onerror", HOSTILE_RUN + "?view=terminal", HOSTILE_RUN + "?with=" + HOSTILE_RUN.substring(7)}) {
            var page = signedIn(address);
            assertThat(page.locator(address.contains("with") ? ".pair" : address.contains("terminal") ? ".shell-row" : ".entry.is-hit").first())
                    .containsText("<img src=x onerror=");
            page.keyboard().press("n");
            page.locator("main details").all().forEach(fold -> fold.evaluate("fold => { fold.open = true; }"));
            page.locator("main .json").all().stream().findFirst().ifPresent(Locator::click);
            assertThat(page.locator("main img, main script, dialog img, dialog script")).hasCount(0);
            assertThat(page.title()).isNotEqualTo("owned");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RICH_RUN, SCREENS_RUN, RICH_RUN + "?view=terminal", TWO_RUNS, "/jobs/00000007-1111-4111-8111-111111111111", "/runs?tool=bash"})
    void nothingBarsWhoeverReadsWithoutEyesOrHasWeakOnes(String address) {
        var page = signedIn(address);
        assertThat(page.locator("main.loading")).hasCount(0);
        assertThat(page.locator("h1")).isVisible();
        if (page.locator(".player").count() > 0) {
            page.keyboard().press("j");
            assertThat(page.locator(".is-current")).hasCount(1);
        }
        page.evaluate(AXE);
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            assertThat((String) page.evaluate("""
                    async () => {
                        const {violations} = await axe.run({resultTypes: ['violations']});
                        return violations.map(({id, nodes}) => id + ': ' + nodes.map(({html}) => html.slice(0, 160)).join(' | ')).join('\\n');
                    }""")).as(scheme.name()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RICH_RUN + "?view=terminal", SCREENS_RUN, TWO_RUNS})
    void aNarrowScreenShowsAllWithoutScrollingSideways(String address) {
        var page = signedIn(address, 360);
        assertThat(page.locator(".rows li").first()).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
    }

    @Test
    void aRunWithoutAStepSaysSoInEveryView() {
        var page = signedIn("/trace/00040001-2222-4222-8222-222222222222");
        assertThat(page.locator(".entry")).hasText("This run ended without a single step on record.");
        assertThat(page.locator(".player")).isHidden();
        page.keyboard().press("j");
        page.keyboard().press("t");
        assertThat(page.locator(".shell-row")).hasText("No shell was called.");
    }

    private static Locator current(Page page) {
        return page.locator(".entry.is-current");
    }

    private static String axe() {
        try (var script = ReaderPagesTests.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
