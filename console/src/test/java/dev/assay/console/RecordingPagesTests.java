// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Recordings: their page, and keys and jobs that are recorded or replayed. */
@NullUnmarked
class RecordingPagesTests extends PageTests {

    private static final String RECORDED_JOB = "/jobs/00000001-1111-4111-8111-111111111111";
    private static final String RUNNING_JOB = "/jobs/00000002-1111-4111-8111-111111111111";
    private static final Page.GetByLabelOptions EXACT = new Page.GetByLabelOptions().setExact(true);

    @Test
    void recordingsShowWhatTheyHoldWhoUsesThemAndWhichAreMissing() {
        var page = signedIn("/recordings");
        var letters = rowOf(page, "180.0 KiB");
        assertThat(letters).containsText("replays the key nightly evaluations");
        assertThat(letters).containsText("records letter-count (3 tasks) (3 times)");
        assertThat(letters).containsText("and 3 others");
        assertThat(letters.getByText("Download")).hasAttribute("href", "/v2/recordings/letters");
        assertThat(letters.getByText("Download")).hasAttribute("download", "letters.recording.jsonl");
        assertThat(rowOf(page, "gone")).containsText("not there: what is to be answered from it is refused");
        rowOf(page, "unused").getByText("Delete").click();
        page.waitForResponse("**/v2/recordings/unused", () -> rowOf(page, "unused").getByText("Delete for good").click());
        assertThat(platform.awaitChanges()).containsExactly("DELETE /v2/recordings/unused");
    }

    @Test
    void aFileIsLoadedAsItIsAndSaidToReplaceWhatIsThere() {
        var page = signedIn("/recordings");
        button(page, "Load a file").click();
        var file = "{\"assay_recording\":1,\"ignore\":[]}\n";
        page.getByLabel("File", EXACT)
                .setInputFiles(new FilePayload("letters.recording.jsonl", "", file.getBytes(StandardCharsets.UTF_8)));
        assertThat(page.getByLabel("Name", EXACT)).hasValue("letters");
        assertThat(page.locator(".entering")).containsText("“letters” is there, with 27 answers");
        page.waitForResponse("**/v2/recordings/letters", () -> button(page, "Load it").click());
        assertThat(platform.awaitChanges()).containsExactly("PUT /v2/recordings/letters " + file);
    }

    @Test
    void anEmptyRecordingSaysWhatItLeavesOutOfRequests() {
        var page = signedIn("/recordings");
        button(page, "Load a file").click();
        page.getByLabel("Name", EXACT).fill("fresh");
        page.getByLabel("Without a file").fill("Today is [0-9-]+\n");
        page.waitForResponse("**/v2/recordings/fresh", () -> button(page, "Load it").click());
        assertThat(platform.awaitChanges())
                .containsExactly("PUT /v2/recordings/fresh {\"assay_recording\":1,\"ignore\":[\"Today is [0-9-]+\"]}\n");
    }

    @Test
    void aKeysCallsAreRecordedFromThenOnAndNoMore() {
        var page = signedIn("/people");
        rowOf(page, "ask_…x7Qk").getByText("Change").click();
        page.getByLabel("Model calls are").selectOption("record");
        page.getByLabel("Recording").fill("letters");
        page.waitForResponse("**/v2/keys/*", () -> button(page, "Save").click());
        assertThat(platform.awaitChanges()).containsExactly("PATCH /v2/keys/00000001-3333-4333-8333-333333333333 "
                + "{\"name\":\"Ada\",\"scopes\":[],\"recording\":{\"name\":\"letters\",\"mode\":\"record\"}}");
        rowOf(page, "ask_…mM3e").getByText("Change").click();
        assertThat(page.getByLabel("Recording")).hasValue("letters");
        page.getByLabel("Model calls are").selectOption("answered by models");
        page.waitForResponse("**/v2/keys/*", () -> button(page, "Save").click());
        assertThat(platform.awaitChanges()).singleElement().asString().endsWith("\"recording\":null}");
    }

    @Test
    void aJobsCallsAreRecordedAndReplayedFromItsPage() {
        var page = signedIn(RUNNING_JOB);
        assertThat(page.locator(".recorded")).containsText("Its model calls are not recorded.");
        button(page, "Record or replay").click();
        page.getByLabel("Model calls are").selectOption("replay");
        page.getByLabel("Recording").fill("letters");
        button(page, "Set it").click();
        assertThat(page.locator(".recorded")).containsText("Its model calls are answered from letters.");
        assertThat(platform.awaitChanges())
                .containsExactly("PUT /v2/recordings/letters" + RUNNING_JOB + " {\"mode\":\"replay\"}");
        button(page, "Stop").click();
        assertThat(page.locator(".recorded")).containsText("Its model calls are not recorded.");
        assertThat(platform.awaitChanges()).containsExactly("DELETE /v2/recordings/letters" + RUNNING_JOB);
        page.navigate(platform.address(RECORDED_JOB));
        assertThat(page.locator(".recorded")).containsText("Its model calls were recorded in letters.");
        assertThat(page.locator(".recorded button")).hasCount(0);
    }

    @Test
    void whoMayOnlyLookIsToldAndOfferedNothing() {
        var page = signedInAs(FakePlatform.KEY_OF_A_VIEWER, "/recordings");
        assertThat(rowOf(page, "180.0 KiB").getByText("Download")).isVisible();
        assertThat(page.locator("main button")).hasCount(0);
    }
}
