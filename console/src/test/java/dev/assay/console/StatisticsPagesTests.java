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
    void whoComparesWithWhatIsNotThereIsTold() {
        var page = signedIn("/jobs/00000005-1111-4111-8111-111111111111?with=" + OTHER);
        assertThat(page.locator(".comparison")).containsText("Unknown here.");
    }

    @Test
    void aTasksetShowsWhoDidBestOnIt() {
        var rows = signedIn("/tasksets/9531985d-5d9d-49f8-9818-e811892f902b").locator("table[aria-label=Leaderboard] tbody tr");
        assertThat(rows).hasCount(2);
        assertThat(rows.first()).containsText("northwind/atlas-2");
        assertThat(rows.first()).containsText("0.561 to 0.854");
        assertThat(rows.nth(1)).containsText("1 of 2");
    }

    @Test
    void tablesAreSavedWhole() throws IOException {
        var page = signedIn(JOB + "?with=" + OTHER);
        assertThat(page.locator("table[aria-label='Compared tasks'] tbody tr")).hasCount(5);
        var tasks = saved(page, ".statistics");
        assertThat(tasks.lines()).hasSize(6).first().asString().startsWith("task_slug,environment,task_version_id,run_count");
        assertThat(tasks).contains("\r\nrename-columns,ledger,,6,6,0,6,1,0\r\n");
        assertThat(saved(page, ".comparison").lines()).hasSize(6).anySatisfy(line -> assertThat(line).endsWith("win"));
    }

    private static String saved(Page page, String block) throws IOException {
        Download download = page.waitForDownload(() -> page.locator(block)
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("CSV")).click());
        return Files.readString(download.path());
    }
}
