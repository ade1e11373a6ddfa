// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What a job's grades add up to, and how it compares with another: as the platform says it. */
@NullUnmarked
class StatisticsPagesTests extends PageTests {

    private static final String JOB = "/jobs/00000002-1111-4111-8111-111111111111";
    private static final String OTHER = "00000005-1111-4111-8111-111111111111";

    @Test
    void aJobShowsItsIntervalAndWhatElseThePlatformSays() {
        var page = signedIn(JOB);
        assertThat(page.locator(".numbers").first()).containsText("0.093 to 1.322 (95 %) over 20 graded runs of 4 tasks");
        var statistics = page.locator(".statistics");
        assertThat(statistics).containsText("pass@1 47.9 %");
        assertThat(statistics).containsText("pass@4 75 %, pass^4 26.7 %");
        assertThat(statistics).containsText("$1.84");
        assertThat(statistics).containsText("nine of ten within 3 min 01 s");
        assertThat(statistics).containsText("The environment failed (provisioning): 1 run");
    }

    @Test
    void aJobWithoutStatisticsShowsItsCounts() {
        var page = signedIn("/jobs/00000001-1111-4111-8111-111111111111");
        assertThat(page.locator(".numbers")).containsText("over 9 graded runs");
        assertThat(page.locator(".statistics")).isEmpty();
    }

    @Test
    void aComparisonIsChosenAndStaysInTheAddress() {
        var page = signedIn(JOB);
        page.getByLabel("Compare with").selectOption(OTHER);
        var rows = page.locator("table[aria-label='Compared tasks'] tbody tr");
        assertThat(rows).hasCount(5);
        assertThat(page.url()).endsWith("?with=" + OTHER);
        assertThat(page.locator(".compared .numbers")).containsText("+0.144");
        assertThat(page.locator(".compared .numbers")).containsText("1 without a grade here, 1 only in the other");
        assertThat(rowOf(page, "rename-columns").filter(new Locator.FilterOptions().setHasText("better"))).containsText("+0.500");

        var again = signedIn(JOB + "?with=" + OTHER + "&status=error");
        assertThat(again.locator("table[aria-label='Compared tasks'] tbody tr")).hasCount(5);
        button(again, "Stop").click();
        assertThat(again.locator("table[aria-label='Compared tasks']")).hasCount(0);
        assertThat(again.url()).endsWith("?status=error");
    }

    @Test
    void aJobIsGradedAgainFromItsTracesAndWhatCameOfItIsTold() {
        var page = signedIn(JOB);
        var told = page.locator(".regrades li");
        assertThat(told.first()).containsText("by northwind/atlas-2");
        assertThat(told.first()).containsText("12 of 19 runs, 1 could not be graded, mean 0.604 → 0.482");
        assertThat(told.last()).containsText("17 runs, 2 could not be graded");
        assertThat(told.last()).containsText("of record");

        button(page, "Grade again").click();
        var form = page.getByRole(AriaRole.FORM, new Page.GetByRoleOptions().setName("Grade again"));
        form.getByLabel("Model").fill("northwind/atlas-2");
        form.getByLabel("Criteria").fill("Names its source.\n\n- Makes up a number.");
        form.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Grade")).click();
        assertThat(form).hasCount(0);
        assertThat(platform.awaitChanges()).containsExactly("POST /v2" + JOB + "/regrades "
                + "{\"model\":\"northwind/atlas-2\",\"shown\":\"answer\",\"criteria\":[{\"requirement\":\"Names its source.\"},"
                + "{\"requirement\":\"Makes up a number.\",\"weight\":-1}],\"make_of_record\":false}");

        button(page, "Grade again").click();
        form.getByLabel("By").selectOption("rule");
        assertThat(form.getByLabel("Model")).isHidden();
        form.getByLabel("The answer").selectOption("contains_any");
        form.getByLabel("Expected").fill("12\ntwelve");
        form.getByLabel("The new grades count from then on").check();
        form.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Grade")).click();
        assertThat(form).hasCount(0);
        assertThat(platform.awaitChanges()).containsExactly(
                "POST /v2" + JOB + "/regrades {\"rule\":\"contains_any\",\"expected\":[\"12\",\"twelve\"],\"make_of_record\":true}");
        button(page, "Cancel grading by northwind/atlas-2").click();
        button(page, "Cancel what is left").click();
        assertThat(platform.awaitChanges()).containsExactly("DELETE /v2" + JOB + "/regrades/9a6c1d2e-0001-4a1b-8c3d-000000000001");
    }

    @Test
    void whoComparesWithWhatIsNotThereIsTold() {
        var page = signedIn("/jobs/00000005-1111-4111-8111-111111111111?with=" + OTHER);
        assertThat(page.locator(".comparison")).containsText("Unknown here.");
    }

    @Test
    void aTasksetShowsWhoDidBestOnItAndOnSomeOfItsTasks() {
        var page = signedIn("/tasksets/9531985d-5d9d-49f8-9818-e811892f902b");
        var rows = page.locator("table[aria-label=Leaderboard] tbody tr");
        assertThat(rows).hasCount(2);
        assertThat(rows.first()).containsText("northwind/atlas-2");
        assertThat(rows.first()).containsText("0.561 to 0.854");
        assertThat(rows.nth(1)).containsText("1 of 2");

        var which = page.getByLabel("Which tasks");
        page.waitForResponse("**/leaderboard?where=difficulty%3Dhard", () -> which.selectOption("difficulty: hard"));
        assertThat(which).isFocused();
        assertThat(which).hasValue("difficulty=hard");
        assertThat(page.url()).endsWith("?where=difficulty%3Dhard");
    }

    @Test
    void tablesAreSavedWhole() throws IOException {
        var page = signedIn(JOB + "?with=" + OTHER);
        assertThat(page.locator("table[aria-label='Compared tasks'] tbody tr")).hasCount(5);
        var tasks = saved(page, ".statistics");
        assertThat(tasks.lines()).hasSize(6).first().asString().startsWith("task_slug,environment,task_version_id,run_count");
        assertThat(tasks).contains("\r\nrename-columns,ledger,,6,6,0,6,1,0\r\n");
        assertThat(page.getByText("Export OTLP")).hasAttribute("href", "/v2" + JOB + "/steps/export?format=otlp");
        assertThat(saved(page, ".grid")).contains("\r\nreconcile-march,").contains(",0,0,ungraded,0,0.25,error\r\n");
        assertThat(saved(page, ".comparison").lines()).hasSize(6).anySatisfy(line -> assertThat(line).endsWith("win"));
    }

    private static String saved(Page page, String block) throws IOException {
        Download download = page.waitForDownload(() -> page.locator(block)
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("CSV")).click());
        return Files.readString(download.path());
    }
}
