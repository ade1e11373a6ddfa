// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** A job's tasks and their runs, as rows and cells. */
@NullUnmarked
class GridPagesTests extends PageTests {

    private static final String JOB = "/jobs/00000002-1111-4111-8111-111111111111";

    @Test
    void eachTaskIsARowOfItsRunsTheWorstFirst() {
        var page = signedIn(JOB);
        assertThat(names(page))
                .hasText(new String[] {"reconcile-march", "parse-ledger", "fix-rounding", "rename-columns", "explain-variance"});
        var worst = rowOf(page, "reconcile-march").first();
        assertThat(worst.locator("th")).containsText("62cdb702");
        assertThat(worst.locator("td.num")).hasText(new String[] {"0.063", "± 0.125", "0 of 4"});
        assertThat(worst.locator("td.try")).hasText(new String[] {"0", "0", "?", "0", "0.25", "×"});
        assertThat(worst.getByLabel("Run 3: ungraded")).hasAttribute("href", "/trace/00020021-2222-4222-8222-222222222222");
        assertThat(worst.getByLabel("Run 6: error, ungraded")).hasClass("mark is-error");
        assertThat(rowOf(page, "explain-variance").first().locator("td.try")).hasText(new String[] {"…", "…", "·", "·", "·", "–"});

        page.getByLabel("in order:").selectOption("by task");
        assertThat(names(page).first()).hasText("explain-variance");
        assertThat(page.url()).endsWith("?order=task");
        assertThat(names(signedIn(JOB + "?order=best")).first()).hasText("rename-columns");
    }

    @Test
    void arrowsLeadFromCellToCellAndACellToItsRun() {
        var page = signedIn(JOB);
        page.getByLabel("in order:").focus();
        assertThat(names(page)).hasCount(5);
        page.keyboard().press("Tab"); // CSV
        page.keyboard().press("Tab");
        assertThat(rowOf(page, "reconcile-march").first().getByLabel("Run 1:")).isFocused();
        for (var key : List.of("End", "ArrowDown", "ArrowLeft", "ArrowUp")) {
            page.keyboard().press(key);
        }
        assertThat(rowOf(page, "reconcile-march").first().getByLabel("Run 5:")).isFocused();
        page.keyboard().press("Tab");
        assertThat(page.locator(".grid tbody :focus")).hasCount(0);
        page.keyboard().press("Shift+Tab");
        page.keyboard().press("Enter");
        page.waitForURL("**/trace/00020023-2222-4222-8222-222222222222");
    }

    @Test
    void whatEndsIsShownWhereItIsLookedAt() {
        var page = browser.open(platform.address(JOB));
        signIn(page, FakePlatform.KEY_WITH_RUNS);
        var cell = rowOf(page, "explain-variance").first().locator("td.try a").first();
        assertThat(cell).hasText("…");
        cell.focus();
        page.route("**/v2" + JOB, route -> changed(route, "\"graded_count\": 20", "\"graded_count\": 21"));
        page.route("**/v2" + JOB + "/groups*", route -> changed(
                route,
                "\"mean_reward\": null(, \"standard_deviation\": null, \"runs\": \\[\\{\"id\": \"00020025.*?)\"running\", \"reward\": null",
                "\"mean_reward\": 0.01$1\"completed\", \"reward\": 0.01"));
        // asks anew, and leaves the focus where it is
        page.locator(".chip").first().evaluate("chip => chip.click()");
        assertThat(cell).hasText("0.01");
        assertThat(cell).isFocused();
        assertThat(names(page).last()).hasText("explain-variance"); // nothing moves away from whoever is in it
        cell.blur();
        page.locator(".chip").first().click();
        assertThat(names(page).first()).hasText("explain-variance");
    }

    @Test
    void thousandsOfCellsAreOneStopOfTheTabKeyAndStayWithinANarrowPage() {
        var page = browser.open(platform.address(JOB), 390);
        page.route("**/v2" + JOB + "/groups*", route ->
                route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(groups(500, 16))));
        signIn(page, FakePlatform.KEY_WITH_RUNS);
        assertThat(page.locator(".grid td.try a")).hasCount(8000);
        assertThat(page.locator(".grid tbody a[tabindex='0']")).hasCount(1);
        assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isTrue();
        page.locator(".grid td.try a").first().focus();
        page.keyboard().press("ArrowUp"); // there is none
        page.keyboard().press("ArrowDown");
        assertThat(page.locator(".grid tbody tr").nth(1).locator("td.try a").first()).isFocused();
    }

    private static Locator names(Page page) {
        return page.locator(".grid tbody th .mono");
    }

    private static void changed(Route route, String pattern, String replacement) {
        var answer = route.fetch();
        route.fulfill(new Route.FulfillOptions().setResponse(answer).setBody(answer.text().replaceFirst(pattern, replacement)));
    }

    private static String groups(int tasks, int runs) {
        return IntStream.range(0, tasks)
                .mapToObj(task -> """
                        {"task_slug": "task-%1$03d", "group_id": "g%1$d", "run_count": %2$d, "queued_count": 0, "running_count": 0,
                         "graded_count": %2$d, "passed_count": 0, "mean_reward": %3$s, "standard_deviation": 0.1, "runs": [%4$s]}"""
                        .formatted(task, runs, task / (double) tasks, IntStream.range(0, runs)
                                .mapToObj(run -> "{\"id\": \"%08d-2222-4222-8222-%012d\", \"status\": \"completed\", \"reward\": %s}"
                                        .formatted(task, run, run / (double) runs))
                                .collect(Collectors.joining(","))))
                .collect(Collectors.joining(",", "{\"limit\": 500, \"next\": null, \"items\": [", "]}"));
    }
}
