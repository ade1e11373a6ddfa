// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Robots' runs, and runs inside runs. */
@NullUnmarked
class NestedPagesTests extends PageTests {

    private static final String ROBOTS_RUN = "/trace/00080003-2222-4222-8222-222222222222";
    private static final String PARENT = "/trace/00080004-2222-4222-8222-222222222222";
    private static final String CHILD = "/trace/00080005-2222-4222-8222-222222222222";

    @Test
    void aRobotsFilmsFollowTheBarAndSoDoItsNumbers() {
        var page = signedIn(ROBOTS_RUN);
        assertThat(page.locator(".entry.is-prompt")).containsText("red block");
        assertThat(page.locator(".film figcaption .mono")).hasText(new String[] {"wrist", "front"});
        assertThat(page.locator("video").first()).hasJSProperty("duration", 6);
        assertThat(page.locator("video").last()).hasJSProperty("videoWidth", 160);
        assertThat(page.locator(".chunks i")).hasCount(5);
        var bar = page.getByLabel("Tick", new Page.GetByLabelOptions().setExact(true));
        bar.fill("36");
        assertThat(page.locator(".transport .place")).hasText("tick 36 / 59 · ≈ 3.6 s · chunk 4");
        assertThat(bar).hasAttribute("aria-valuetext", "tick 36 of 59, about 3.6 s, chunk 4 of 5");
        assertThat(page.locator("video").first()).hasJSProperty("currentTime", 3.65);
        var seen = page.locator(".plot").first();
        assertThat(seen.locator("h4")).hasText("observation.state");
        assertThat(seen.locator(".readings > div").first()).hasText(Pattern.compile("joint_1.pos.*-0.44"));
        assertThat(seen.locator("canvas")).isVisible();
        assertThat(page.locator(".plot").last().locator("h4")).hasText("actions");
    }

    @Test
    void aRobotsFilmsPlayTogetherAndTakeTheBarAlong() {
        var page = signedIn(ROBOTS_RUN);
        assertThat(page.locator("video").first()).hasJSProperty("readyState", 4);
        button(page, "Play").click();
        assertThat(page.locator(".transport .place")).hasText(Pattern.compile("tick [1-9].*"));
        button(page, "Pause").click();
        assertThat(page.locator("video").first()).hasJSProperty("paused", true);
        assertThat(page.locator("video").last()).hasJSProperty("paused", true);
    }

    /** Each member that a run may make up is of a kind that no text can be made of. */
    @Test
    void oneOddEntryTakesNothingElseDown() {
        var page = signedIn("/trace/00080007-2222-4222-8222-222222222222");
        assertThat(page.locator(".entry").last()).containsText("All the same, it goes on.");
        assertThat(page.locator(".entry.is-subagent")).containsText("toString");
        assertThat(page.locator(".robot")).hasCount(1);
        assertThat(page.getByText("An entry of a shape that cannot be shown.")).hasCount(1);
        assertThat(page.locator(".trouble")).hasCount(0);
    }

    /** The spans that stand between a turn and what it called come of a framework that tells everything. */
    @Test
    void whatAnOpenTelemetryExporterSentReadsLikeAnyOtherRun() {
        var page = signedIn("/trace/00080008-2222-4222-8222-222222222222");
        assertThat(page.locator(".entry h3")).hasText(new String[] {"invoke_agent counter", "Turn 1", "route", "retrieve"});
        var turn = page.locator(".entry.is-turn");
        assertThat(turn.locator("figure.call")).hasCount(2);
        assertThat(turn.locator("figure.call").first()).containsText("3");
        assertThat(turn.locator("figure.call").last()).containsText("timeout");
        assertThat(turn).not().containsText("How many a?");
        turn.getByText("Input (2 messages)").click();
        assertThat(turn).containsText("How many a?");
        assertThat(page.locator(".entry").nth(2)).containsText("KeyError: nobody to route to");
    }

    @Test
    void filmsStandUnderTheNamesOfTheirCamerasWhicheverIsTold() {
        var page = signedIn(ROBOTS_RUN);
        assertThat(page.locator("video")).hasCount(2);
        page.evaluate("""
                async run => {
                    const {robotView} = await import('/assets/robot/view.js');
                    const {entries} = await (await fetch(`/v2${run}/timeline?limit=500`)).json();
                    const films = entries.filter(entry => entry.kind === 'video_segment');
                    const view = robotView(films.filter(({payload}) => payload.camera === 'front'), new AbortController().signal);
                    document.querySelector('.robot').replaceWith(view.element);
                    view.update(films);
                }""", ROBOTS_RUN);
        assertThat(page.locator(".film figcaption .mono")).hasText(new String[] {"front", "wrist"});
        assertThat(page.locator("video").first()).hasAttribute("aria-label", "Film of the camera front");
        assertThat(page.locator("video").last()).hasJSProperty("duration", 6);
    }

    @Test
    void whatComesOfANestedRunAfterItsEndIsShownToo() {
        var page = signedIn(PARENT);
        var asked = new AtomicInteger();
        page.route(Pattern.compile("/v2" + CHILD + "$"), route -> json(route,
                "{\"id\": \"c\", \"status\": \"completed\", \"ended_at\": \"%s\"}".formatted(Instant.now())));
        page.route(Pattern.compile(CHILD + "/timeline"), route ->
                json(route, asked.getAndIncrement() == 0 ? prompt(1, "first") : prompt(2, "late")));
        var nested = page.locator(".entry.is-turn").first().locator(".nested");
        nested.locator("summary").click();
        assertThat(nested.locator(".entry.is-prompt")).hasText(new Pattern[] {Pattern.compile("first"), Pattern.compile("late")});
    }

    private static void json(Route route, String body) {
        route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(body));
    }

    private static String prompt(int seq, String text) {
        return ("{\"latest_seq\": %1$d, \"next\": \"1-%1$d\", \"more\": false, "
                + "\"entries\": [{\"seq\": %1$d, \"id\": \"%2$s\", \"kind\": \"prompt\", \"text\": \"%2$s\"}]}").formatted(seq, text);
    }

    @Test
    void aFilmThatGrowsGoesOnWhereItWasLookedAt() {
        var page = signedIn(ROBOTS_RUN);
        assertThat(page.locator("video")).hasCount(2);
        page.evaluate("""
                async run => {
                    const {robotView} = await import('/assets/robot/view.js');
                    const {entries} = await (await fetch(`/v2${run}/timeline?limit=500`)).json();
                    const steps = entries.filter(entry => entry.kind !== 'prompt');
                    const view = robotView(steps.filter(({payload}) => !(payload.index > 1)), new AbortController().signal);
                    document.querySelector('.robot').replaceWith(view.element);
                    window.goOn = () => view.update(steps);
                }""", ROBOTS_RUN);
        assertThat(page.locator("video").first()).hasJSProperty("duration", 2);
        page.getByLabel("Tick", new Page.GetByLabelOptions().setExact(true)).fill("15");
        assertThat(page.locator("video").first()).hasJSProperty("currentTime", 1.55);
        page.evaluate("goOn()");
        assertThat(page.locator("video").first()).hasJSProperty("duration", 6);
        assertThat(page.locator("video").first()).hasJSProperty("currentTime", 1.55);
        assertThat(page.locator(".transport .place")).hasText(Pattern.compile("tick 15 .*"));
    }

    /** Steps of a robot that nobody sent who means well. */
    @Test
    void aRobotsStepsThatMakeNoSenseAreLeftOutAndCounted() {
        var page = browser.open(platform.address("/"));
        var told = page.evaluate("""
                async () => {
                    const {lanesOf, chunkAt, valuesAt} = await import('/assets/robot/lanes.js');
                    const step = (kind, payload) => ({kind, payload});
                    const film = (camera, index, data, mimeType = 'video/mp4') =>
                        step('video_segment', {camera, index, fps: -1, segment: {type: 'video', data, mimeType}});
                    const lanes = lanesOf([
                        step('observation', {tick: 4, state: {arm: {names: ['a', 'b'], values: [1, 2]}}}),
                        step('observation', {tick: 0, state: {arm: {names: ['a'], values: [0, 'x', 9]},
                            long: {values: Array(500).fill(1)}, no: 5}}),
                        step('observation', {tick: -1}), step('observation', {tick: '3'}), step('observation', undefined),
                        step('inference', {tick: 1, chunk: [[1, 2], [3, 4], [5, 6]], names: ['x', 'y']}),
                        step('inference', {tick: 3, chunk: [[7, 8], 'no'], names: ['x', 'y']}),
                        step('inference', {tick: 3, chunk: 5}),
                        film('late', 2, 'AAAA'), film('late', 1, 'AAAA'),
                        film('whole', 1, 'AAAA'), film('whole', 0, 'AAAA'), film('whole', 3, '%'),
                        film('typed', 0, 'AAAA', 'text/html'), step('video_segment', {camera: {}, index: 'a'}),
                        step('inference', {tick: 1e300, chunk: []})]);
                    return JSON.stringify({
                        cameras: lanes.cameras.map(c => [c.name, c.hasBegun, c.segments.length, c.missing, c.fps]),
                        features: lanes.features.map(f => [f.name, f.ticks, f.lines.slice(0, 2).map(l => [l.name, l.values]), f.left]),
                        chunks: lanes.chunks.map(c => [c.tick, c.end]), last: lanes.lastTick, left: lanes.left,
                        at: [chunkAt(lanes.chunks, 0), chunkAt(lanes.chunks, 2), chunkAt(lanes.chunks, 9)],
                        values: valuesAt(lanes.features.at(-1), 2), before: valuesAt(lanes.features.at(-1), 0)});
                }""");
        assertThat((String) told).isEqualTo("{\"cameras\":[[\"late\",false,2,1,10],[\"whole\",true,2,2,10],[\"typed\",false,0,1,10]],"
                + "\"features\":[[\"arm\",[0,4],[[\"0\",[0,1]],[\"1\",[null,2]]],0],[\"long\",[0],[[\"0\",[1]],[\"1\",[1]]],468],"
                + "[\"actions\",[1,2,3],[[\"x\",[1,3,7]],[\"y\",[2,4,8]]],0]],"
                + "\"chunks\":[[1,3],[3,5]],\"last\":4,\"left\":6,\"at\":[-1,0,1],\"values\":[3,4],\"before\":[null,null]}");
    }

    @Test
    void aRunInsideARunStandsInTheCallThatBeganItAndOpensInPlace() {
        var page = signedIn(PARENT);
        var nested = page.locator(".entry.is-turn").first().locator(".nested");
        assertThat(nested).hasCount(1);
        assertThat(nested).containsText("completed");
        assertThat(nested).containsText("1.000");
        assertThat(nested.getByText("count-rows")).hasAttribute("href", CHILD);
        assertThat(nested.locator(".timeline")).hasCount(0);
        nested.locator("summary").click();
        assertThat(nested.locator(".terminal")).containsText("grep -c");
        nested.getByText("count-rows").first().click();
        assertThat(page.locator("h1")).hasText("count-rows");
        assertThat(page.locator(".page-head a")).hasAttribute("href", PARENT);
        page.locator(".page-head a").click();
        assertThat(page.locator("h1")).hasText("ledger-report");
    }

    @Test
    void whatNoCallBeganStandsAtItsTimeAndAWholeTraceInAStepOpensToo() {
        var page = signedIn(PARENT);
        assertThat(page.locator(".timeline").first().locator("> .entry h3")).hasText(new String[] {
            "Task", "Prompt", "Turn 1", "Subagent", "Turn 2", "Evaluation", "Run inside this one"});
        assertThat(page.locator(".entry.is-child .nested")).containsText("ungraded");
        var subagent = page.locator(".entry.is-subagent .nested");
        assertThat(subagent).containsText("The sums are right.");
        subagent.locator("summary").click();
        assertThat(subagent.locator(".entry.is-prompt")).containsText("Are the sums right?");
        page.locator(".entry.is-child summary").click();
        assertThat(page.locator(".entry.is-child")).containsText("cannot be shown here");
    }

    @ParameterizedTest
    @ValueSource(strings = {ROBOTS_RUN, PARENT})
    void aNarrowScreenShowsAllWithoutScrollingSideways(String run) {
        var page = signedIn(run, 360);
        assertThat(page.locator(".timeline .entry").nth(1)).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
    }
}
