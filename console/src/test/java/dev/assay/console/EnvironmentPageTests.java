// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** An environment's builds: what they said, and an end to one that goes on. */
@NullUnmarked
class EnvironmentPageTests extends PageTests {

    private static final String LEDGER = "/environments/36f675cc-81e7-4ef5-a8e2-5d940ed90475";
    private static final String BUILD = "5a0d2f11-0b6e-4a3e-9d62-0a5c70e2b7f1";

    @Test
    void aBuildIsReadAndCancelledOnItsEnvironmentsPage() {
        var page = signedIn(LEDGER);
        var builds = page.locator("table[aria-label=Builds] tbody tr");
        assertThat(builds).hasCount(4);
        assertThat(builds.nth(0)).containsText("building");
        assertThat(builds.nth(2)).containsText("No matching distribution found");
        button(page, "Log of version 5").click();
        assertThat(page.locator(".build-log pre")).containsText("Step 1/6");
        assertThat(page.locator(".build-log pre")).containsText("<script>document.title = 'broken'</script> stays text");
        button(page, "Log of version 4").click();
        assertThat(page.locator(".build-log")).containsText("It said nothing.");

        button(page, "Cancel the build of version 5").click();
        page.waitForResponse("**/cancel", () -> button(page, "Cancel it").click());
        assertThat(platform.awaitChanges()).containsExactly("POST /v2/builds/" + BUILD + "/cancel");
    }
}
