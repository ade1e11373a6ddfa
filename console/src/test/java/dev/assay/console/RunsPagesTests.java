// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** All runs of a team, as they are looked for. */
@NullUnmarked
class RunsPagesTests extends PageTests {

    private static final String SEARCH = "/runs?q=%22permission+denied%22&tool=bash&reward_max=0.2";

    @Test
    void whatIsLookedForStandsInTheAddressAndInTheForm() {
        var page = signedIn("/runs");
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(9);
        page.getByLabel("Said").fill("\"permission denied\" -sudo");
        page.getByLabel("Reward to").fill("0.2");
        page.getByLabel("Status").selectOption("completed");
        button(page, "Search").click();
        assertThat(page.getByLabel("Said")).hasValue("\"permission denied\" -sudo");
        assertThat(page.getByLabel("Status")).hasValue("completed");
        assertThat(page.url()).endsWith("/runs?q=%22permission+denied%22+-sudo&reward_max=0.2&status=completed");
        assertThat(page.locator(".row-link").first()).hasAttribute("href", Pattern.compile("/trace/.*\\?find=permission%20denied"));
    }

    @Test
    void earlierRunsFollowOnThePage() {
        var page = signedIn("/runs");
        button(page, "Show earlier ones").click();
        assertThat(page.locator("table[aria-label=Runs] tbody tr")).hasCount(18);
    }

    @Test
    void aSearchIsSavedAndDeleted() {
        var page = signedIn(SEARCH);
        assertThat(page.locator(".views [aria-current]")).hasText("denied shells");
        button(page, "Save this search").click();
        page.getByLabel("Name").fill("shells");
        button(page, "Save").click();
        assertThat(platform.awaitChanges())
                .containsExactly("PUT /v2/views/shells {\"query\":\"q=%22permission+denied%22&tool=bash&reward_max=0.2\"}");
        button(page, "Delete the view denied shells").click();
        button(page, "Yes, delete").click();
        assertThat(platform.awaitChanges()).containsExactly("DELETE /v2/views/denied shells");
    }

    @Test
    void whoOnlyReadsSavesNothing() {
        var page = signedInAs(FakePlatform.KEY_OF_A_VIEWER, SEARCH);
        assertThat(page.locator(".views a")).hasCount(2);
        assertThat(button(page, "Save this search")).hasCount(0);
        assertThat(page.locator(".views button")).hasCount(0);
    }

    @Test
    void whereNothingIsFoundThePageSaysWhatToDo() {
        assertThat(signedInAs(FakePlatform.KEY_WITHOUT_ANYTHING, "/runs").locator(".empty")).containsText("No runs yet");
    }

    @Test
    void aNarrowScreenShowsAllWithoutScrollingSideways() {
        var page = signedIn(SEARCH, 360);
        assertThat(page.locator("table[aria-label=Runs] tbody tr").first()).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
    }
}
