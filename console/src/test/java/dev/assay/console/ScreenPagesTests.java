// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent did on a screen: which mark comes of which call, and how a timeline shows it. */
@NullUnmarked
class ScreenPagesTests extends PageTests {

    private static final String CLAUDES_RUN = "/trace/00080001-2222-4222-8222-222222222222";
    private static final String OTHERS_RUN = "/trace/00080002-2222-4222-8222-222222222222";

    /** What a call comes to on a picture of 800 × 500 pixels, the pointer at 5, 6: in words, then each mark with its place. */
    private static final String READ = """
            async ([name, args]) => {
                const {actsOf} = await import('/assets/screen/acts.js');
                const {marksOf, wordsOf} = await import('/assets/screen/marks.js');
                const read = actsOf(name, JSON.parse(args));
                if (!read) return null;
                const size = {width: 800, height: 500};
                const at = ({x, y}) => `${x},${y}`;
                const {marks, pointer} = marksOf(read.acts, size, {x: 5, y: 6});
                const told = marks.map(mark => [mark.kind, mark.at ? at(mark.at) : (mark.path ?? mark.box ?? []).map(at).join(' '),
                    mark.label && `[${mark.label}]`, mark.outside && 'outside'].filter(Boolean).join(' '));
                const words = read.acts.map(act => wordsOf(act, size)).join('; ');
                return [words, ...told, pointer ? `pointer ${at(pointer)}` : 'pointer lost'].join(' | ');
            }""";

    private Page page;

    private String read(String name, String arguments) {
        page = page == null ? browser.open(platform.address("/")) : page;
        return (String) page.evaluate(READ, List.of(name, arguments.replace('\'', '"')));
    }

    @Test
    void claudesActionsAreMarkedInPixelsOfTheScreen() {
        assertThat(read("computer", "{'action': 'left_click', 'coordinate': [140, 131]}"))
                .isEqualTo("Left click at 140, 131 | click 140,131 | pointer 140,131");
        assertThat(read("computer", "{'action': 'double_click', 'coordinate': [1, 2], 'text': 'ctrl'}"))
                .isEqualTo("Double click at 1, 2 with ctrl | click 1,2 [ctrl 2 ×] | pointer 1,2");
        assertThat(read("mcp__computer-use__computer", "{'action': 'right_click', 'coordinate': ['7', 8.9]}"))
                .isEqualTo("Right click at 7, 8 | click 7,8 [right] | pointer 7,8");
        assertThat(read("computer", "{'action': 'middle_click'}"))
                .isEqualTo("Middle click where the pointer is | click 5,6 [middle] | pointer 5,6");
        assertThat(read("computer", "{'action': 'left_click_drag', 'start_coordinate': [1, 2], 'coordinate': [3, 4]}"))
                .isEqualTo("Drag from 1, 2 to 3, 4 | drag 1,2 3,4 | pointer 3,4");
        assertThat(read("computer", "{'action': 'scroll', 'coordinate': [9, 9], 'scroll_direction': 'down', 'scroll_amount': 3}"))
                .isEqualTo("Scroll down, 3 × at 9, 9 | scroll 9,9 [3 ×] | pointer 9,9");
        assertThat(read("computer", "{'action': 'type', 'text': 'a b'}")).isEqualTo("Type “a b” | type 5,6 [“a b”] | pointer 5,6");
        assertThat(read("computer", "{'action': 'key', 'text': 'ctrl+s', 'repeat': 2}"))
                .isEqualTo("Press ctrl+s, 2 × | keys 5,6 [ctrl+s] | pointer 5,6");
        assertThat(read("computer", "{'action': 'zoom', 'region': [1, 2, 30, 40]}"))
                .isEqualTo("Look closely at 1, 2 to 30, 40 | zoom 1,2 30,40 | pointer 5,6");
        assertThat(read("computer", "{'action': 'left_mouse_down'}")).isEqualTo("Button down | press 5,6 [press] | pointer 5,6");
        assertThat(read("computer", "{'action': 'screenshot'}")).isEqualTo("Look at the screen | pointer 5,6");
        assertThat(read("computer", "{'action': 'wait', 'duration': 2}")).isEqualTo("Wait 2 s | pointer 5,6");
    }

    @Test
    void aBatchOfOpenAisActionsIsMarkedInItsOrderAndEachWhereThePointerIsByThen() {
        assertThat(read("computer", """
                {'actions': [{'type': 'click', 'x': 10.9, 'y': 20, 'button': 'left'}, {'type': 'type', 'text': 'Hi'},
                {'type': 'drag', 'path': [{'x': 0, 'y': 0}, {'x': 40, 'y': 20}, {'x': 41, 'y': 20}], 'keys': ['meta']},
                {'type': 'scroll', 'x': 14, 'y': 24, 'scroll_x': 0, 'scroll_y': -3}, {'type': 'keypress', 'keys': ['ctrl', 'Enter']}]}"""))
                .isEqualTo("Left click at 10, 20; Type “Hi”; Drag from 0, 0 to 41, 20 by way of 1 place with meta; "
                        + "Scroll up, 3 × at 14, 24; Press ctrl + Enter | click 10,20 | type 10,20 [“Hi”] | drag 0,0 40,20 41,20 [meta] | scroll 14,24 [3 ×] | "
                        + "keys 14,24 [ctrl + Enter] | pointer 14,24");
        assertThat(read("computer", "{'type': 'click', 'x': 1, 'y': 2, 'button': 'wheel', 'keys': null}"))
                .isEqualTo("Middle click at 1, 2 | click 1,2 [middle] | pointer 1,2");
        assertThat(read("computer", "{'type': 'wait'}")).isEqualTo("Wait 1 s | pointer 5,6");
    }

    @Test
    void geminisThousandthsBecomePixels() {
        assertThat(read("computer_use", "{'action': 'click', 'x': 500, 'y': 999}"))
                .isEqualTo("Left click at 400, 499 | click 400,499 | pointer 400,499");
        assertThat(read("computer_use", "{'action': 'move', 'x': 333, 'y': 1}"))
                .isEqualTo("Pointer to 266, 0 | move 266,0 | pointer 266,0");
        assertThat(read("computer_use", "{'action': 'drag_and_drop', 'start_x': 0, 'start_y': 0, 'end_x': 999, 'end_y': 999}"))
                .as("drags are kept off the edges")
                .isEqualTo("Drag from 25, 25 to 775, 475 | drag 25,25 775,475 | pointer 775,475");
        assertThat(read("computer_use", "{'action': 'type', 'x': 100, 'y': 100, 'text': 'a', 'press_enter': true}"))
                .isEqualTo("Type “a” at 80, 50, then Enter | type 80,50 [“a”] | pointer 80,50");
        assertThat(read("computer_use", "{'action': 'type', 'x': 100, 'text': 'b'}")).isEqualTo("Type “b” | type 5,6 [“b”] | pointer 5,6");
        assertThat(read("computer_use", "{'action': 'hotkey', 'keys': ['ctrl', 'ArrowUp']}"))
                .isEqualTo("Press ctrl + ArrowUp | keys 5,6 [ctrl + ArrowUp] | pointer 5,6");
        assertThat(read("computer_use", "{'action': 'take_screenshot'}")).isEqualTo("Look at the screen | pointer 5,6");
    }

    @Test
    void aBrowsersActionsAreMarkedOnThePageAndWhatHasNoPlaceThereIsOnlyTold() {
        assertThat(read("browser_click", "{'x': 640.5, 'y': 405}"))
                .isEqualTo("Left click at 640.5, 405 | click 640.5,405 | pointer 640.5,405");
        assertThat(read("web__browser_click", "{'selector': '#go'}")).isEqualTo("Left click on #go | pointer lost");
        assertThat(read("browser_type", "{'text': 'x'}")).isEqualTo("Type “x” | type 5,6 [“x”] | pointer 5,6");
        assertThat(read("browser_scroll", "{'down': -40}")).isEqualTo("Scroll up, 40 px | scroll 5,6 [40 px] | pointer 5,6");
        assertThat(read("browser_navigate", "{'url': 'http://a/'}")).isEqualTo("Open http://a/ | pointer 5,6");
        assertThat(read("browser_evaluate", "{'expression': '1'}")).isNull();
        assertThat(read("browser_click", "{'ref': 'e12'}")).as("another server's tool of that name").isNull();
    }

    @Test
    void whateverAModelMadeUpIsNoMarkOrOneAtTheEdge() {
        assertThat(read("computer", "{'action': 'left_click', 'coordinate': [2000, -5]}"))
                .isEqualTo("Left click at 2000, -5 (outside the picture) | click 800,0 outside | pointer 2000,-5");
        assertThat(read("computer", "{'action': 'left_click', 'coordinate': 'nowhere'}"))
                .isEqualTo("Left click where the pointer is | click 5,6 | pointer 5,6");
        assertThat(read("computer", "{'action': 'left_click_drag', 'coordinate': [3, 4]}")).isEqualTo("Drag without a way | pointer 3,4");
        assertThat(read("computer", "{'action': 'constructor'}")).isNull();
        assertThat(read("computer", "{'actions': [null, 5, {'type': {}}]}")).isNull();
        assertThat(read("computer", "{'raw': '{\\\\'}")).isNull();
        assertThat(read("computer_use", "{'action': 'click', 'x': '1', 'y': 2}"))
                .isEqualTo("Left click where the pointer is | click 5,6 | pointer 5,6");
        assertThat(read("bash", "{'action': 'left_click', 'coordinate': [1, 2]}")).isNull();
    }

    @Test
    void theSizeOfAPictureIsReadFromItsFirstBytes() {
        page = browser.open(platform.address("/"));
        var sizes = page.evaluate("""
                async () => {
                    const {pictureSize} = await import('/assets/screen/size.js');
                    const of = text => {
                        const size = pictureSize(Uint8Array.from(atob(text), c => c.charCodeAt(0)));
                        return size && `${size.type} ${size.width} ${size.height}`;
                    };
                    return [
                        of('iVBORw0KGgoAAAANSUhEUgAAAyAAAAH0'), of('R0lGODlhCgAUAIAA'), of('/9j/4AAQSkZJRgABAQAAAQABAAD/wAARCAH0AyADASIA'),
                        of('UklGRiQAAABXRUJQVlA4TBcAAAAvH8AHAAcQEf0PRET/Aw=='), of('UklGRiQAAABXRUJQVlA4WAoAAAAQAAAAHwAADwAAQUxQSA=='),
                        of('UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoKABQAAgA0JaQ='),
                        of('iVBORw0KGgoAAAANSUhEUgAAAAAAAAH0'), of('PHN2Zy8+'), of('')];
                }""");
        assertThat((List<?>) sizes).isEqualTo(Arrays.asList(
                "image/png 800 500", "image/gif 10 20", "image/jpeg 800 500", "image/webp 32 32", "image/webp 32 16", "image/webp 10 20",
                null, null, null));
    }

    @Test
    void aClickIsDrawnWhereItWentUponThePictureOfBeforeIt() {
        var call = signedIn(CLAUDES_RUN).locator(".call").nth(1);
        assertThat(call.locator(".acts")).hasText("Left click at 140, 131");
        assertThat(call.locator(".shots figcaption")).hasText(new String[] {"Before", "After"});
        var picture = call.locator(".frame img").first();
        picture.scrollIntoViewIfNeeded();
        assertThat(picture).hasJSProperty("complete", true);
        assertThat(picture).hasAttribute("alt", "The screen before: Left click at 140, 131");
        assertThat(picture).hasAttribute("src", Pattern.compile("^blob:"));
        var frame = picture.boundingBox();
        var sign = call.locator(".sign.is-click").boundingBox();
        assertThat((sign.x - frame.x) / frame.width).isCloseTo(140 / 800.0, within(0.002));
        assertThat((sign.y - frame.y) / frame.height).isCloseTo(131 / 500.0, within(0.002));
    }

    @Test
    void whatComesUponACloserLookIsDrawnOnTheWholeScreenAndEachScreenHasItsOwnPictures() {
        var page = signedIn(CLAUDES_RUN);
        var closer = call(page, "Look closely at 260, 120 to 600, 260");
        assertThat(closer.locator("rect:not(.halo)")).hasAttribute("width", "340");
        assertThat(closer.locator(".frame img").last()).hasAttribute("width", "340");
        var scroll = call(page, "Scroll down, 3 × at 420, 300");
        assertThat(scroll.locator(".sign.is-scroll.is-down")).hasCount(1);
        assertThat(scroll.locator(".frame img").first()).hasAttribute("width", "800");
        assertThat(call(page, "Open http://status.example/").locator(".shots figcaption")).hasText("After");
        assertThat(call(page, "Left click on #again").locator(".sign")).hasCount(0);
        assertThat(call(page, "Left click at 2000, -5 (outside the picture)").locator(".sign.is-outside")).hasCount(1);
        var others = signedIn(OTHERS_RUN);
        assertThat(others.locator("ol.acts li")).hasCount(6);
        assertThat(others.locator(".call", new Page.LocatorOptions().setHas(others.locator("ol.acts"))).locator(".marks em"))
                .hasText(new String[] {"1", "2", "3", "4", "5", "6"});
    }

    private static Locator call(Page page, String acts) {
        return page.locator(".call", new Page.LocatorOptions().setHasText(acts));
    }

    @Test
    void aPictureIsUnpackedWhenSomebodyComesNearAndOpensLarge() {
        var page = signedIn(CLAUDES_RUN);
        var last = page.locator(".frame img").last();
        assertThat(last).not().hasAttribute("src", Pattern.compile(".*"));
        last.scrollIntoViewIfNeeded();
        assertThat(last).hasAttribute("src", Pattern.compile("^blob:"));
        call(page, "Left click at 140, 131").locator("button.shot").first().click();
        var large = page.locator("dialog.viewer");
        assertThat(large).containsText("800 × 500");
        assertThat(large.locator(".sign.is-click")).hasCount(1);
        assertThat(large.locator("img")).hasJSProperty("naturalWidth", 800);
        page.keyboard().press("Escape");
        assertThat(large).hasCount(0);
    }

    @Test
    void whatAServerAnsweredStandsWithItsPicturesAndIsNotToldTwice() {
        var call = signedIn(CLAUDES_RUN).locator(".call", new Page.LocatorOptions().setHasText("render"));
        assertThat(call.locator(".tool")).hasText("plots__render");
        assertThat(call.locator(".arguments")).containsText("Latency");
        assertThat(call.locator(".structured")).containsText("highest");
        assertThat(call.locator(".result > pre")).hasCount(0);
        assertThat(call.locator(".pictures img")).hasCount(1);
    }

    @Test
    void onlyPicturesAreDrawnAndAllElseIsAFile() {
        var page = signedIn(OTHERS_RUN);
        var result = page.locator(".call", new Page.LocatorOptions().setHasText("pictures")).locator(".pictures");
        result.scrollIntoViewIfNeeded();
        assertThat(result.locator("img")).hasCount(1);
        assertThat(result.locator("img")).hasJSProperty("naturalWidth", 800);
        assertThat(result.locator("button.more")).hasText(new Pattern[] {
            Pattern.compile("image/svg\\+xml"), Pattern.compile("image/png, 117 B"), Pattern.compile("image/png, 29 B")});
        assertThat(page.title()).doesNotContain("owned");
    }

    @ParameterizedTest
    @ValueSource(strings = {CLAUDES_RUN, OTHERS_RUN})
    void aNarrowScreenShowsPicturesWithoutScrollingSideways(String run) {
        var page = signedIn(run, 360);
        assertThat(page.locator(".shots").first()).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
    }
}
