// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Jobs that are started from a taskset's page, and what may be done with them on their own. */
@NullUnmarked
class StartPagesTests extends PageTests {

    private static final String TASKSET = "9531985d-5d9d-49f8-9818-e811892f902b";
    private static final String RUNNING_JOB = "00000002-1111-4111-8111-111111111111";
    private static final Page.GetByLabelOptions EXACT = new Page.GetByLabelOptions().setExact(true);

    @Test
    void aTasksetIsRunAndTheJobShown() {
        var page = signedIn("/tasksets/" + TASKSET);
        button(page, "Start a job").click();
        page.getByLabel("Model", EXACT).fill("scripted/letters");
        page.getByLabel("Runs of each task").fill("3");
        page.getByLabel("Runtime").selectOption("docker");
        page.getByText("Which tasks, for how long").click();
        page.getByLabel("Seconds for a run").fill("600");
        page.getByLabel("Only these tasks").fill("one\n two \n");
        page.getByLabel("Further settings").fill("[1]");
        button(page, "Start it").click();
        assertThat(page.locator(".complaint")).containsText("Must be an object in JSON");
        assertThat(platform.changes()).isEmpty();

        page.getByLabel("Further settings").fill("{\"max_steps\": 4}");
        button(page, "Start it").click();
        page.waitForURL("**/jobs/" + RUNNING_JOB);
        assertThat(platform.awaitChanges()).singleElement().asString()
                .matches("POST /v2/jobs \\{\"job_id\":\"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\",.*")
                .endsWith("\"taskset\":\"" + TASKSET + "\",\"agent\":{\"type\":\"openai_compatible\",\"config\":{\"max_steps\":4,"
                        + "\"model\":\"scripted/letters\"}},\"group\":3,\"tasks\":[\"one\",\"two\"],\"timeouts\":{\"run_s\":600},"
                        + "\"runtime_config\":{\"runtime\":\"docker\"}}");
    }

    @Test
    void aJobIsPausedRunAgainAndCancelledOnItsPage() {
        var page = signedIn("/jobs/" + RUNNING_JOB);
        assertThat(page.locator(".numbers")).containsText("left");
        page.waitForResponse("**/pause", () -> button(page, "Pause").click());
        page.waitForResponse("**/rerun", () -> button(page, "Run 5 ungraded again").click());
        assertThat(page.getByText("3 runs are queued again.")).isVisible();
        button(page, "Cancel this job").click();
        page.waitForResponse("**/cancel_job", () -> button(page, "Cancel what is left").click());
        assertThat(platform.awaitChanges()).containsExactly(
                "POST /v2/jobs/" + RUNNING_JOB + "/pause",
                "POST /v2/jobs/" + RUNNING_JOB + "/rerun",
                "POST /v2/rollouts/cancel_job {\"job_id\":\"" + RUNNING_JOB + "\"}");
    }
}
