// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What an administrator changes of a model: its prices, and where its calls go. */
@NullUnmarked
class ModelPagesTests extends PageTests {

    private static final String MODEL = "/models/47868e4a-4b35-4e93-8b3e-90b7d7435571";

    @Test
    void pricesStandInTheOrderInWhichTheyCount() {
        var page = signedIn(MODEL);
        var rows = page.locator("table[aria-label=Prices] tbody tr");
        assertThat(rows).hasCount(4);
        assertThat(rows.nth(0)).containsText("counts");
        assertThat(rows.nth(0)).containsText("if northwind serves it");
        assertThat(rows.nth(0)).containsText("$15.00");
        assertThat(rows.nth(1)).containsText("not yet");
        assertThat(rows.nth(2)).containsText("the operator’s");
        assertThat(rows.nth(2)).containsText("counts");
        assertThat(rows.nth(3)).not().containsText("counts");
        assertThat(rows.nth(3).locator("button")).hasCount(0);
    }

    @Test
    void aPriceIsSetAndWhatIsRefusedStandsAtItsField() {
        var page = signedIn(MODEL);
        button(page, "Set a price").click();
        page.getByLabel("Input").fill("0.25");
        page.getByLabel("Output").fill("1");
        page.getByLabel("Since").fill("2026-01-31");
        page.route("**/v2/prices", route -> refuse(route, "since: must be of the years 2000 to 9999"), new Page.RouteOptions().setTimes(1));
        button(page, "Set it").click();
        var since = page.getByLabel("Since");
        assertThat(page.locator(".field:has([name=since]) .complaint")).hasText("Must be of the years 2000 to 9999");
        assertThat(since).isFocused();
        assertThat(since).hasAttribute("aria-invalid", "true");
        assertThat(page.locator(".form-message")).isEmpty();
        since.fill("2026-02-01");
        assertThat(page.locator(".complaint")).hasCount(0);
        page.waitForResponse("**/v2/prices", () -> button(page, "Set it").click());
        assertThat(platform.awaitChanges()).containsExactly(
                "POST /v2/prices {\"match\":\"northwind/atlas-2\",\"since\":\"2026-02-01\",\"input\":0.25,\"output\":1}");
    }

    @Test
    void whatIsRefusedForNoFieldStandsBelowTheForm() {
        var page = signedIn(MODEL);
        button(page, "Add a target").click();
        page.getByLabel("Upstream").fill("northwind");
        page.route("**/v2/targets", route -> refuse(route, "There are at most 1000 targets."), new Page.RouteOptions().setTimes(1));
        button(page, "Add it").click();
        assertThat(page.locator(".form-message")).hasText("There are at most 1000 targets.");
    }

    @Test
    void aChangedPriceIsThereBeforeTheOldOneGoesAndKeepsWhatHasNoField() {
        var page = signedIn(MODEL);
        rowOf(page, "2099-01-01").getByText("Change").click();
        page.getByLabel("Read from a cache").fill("");
        page.getByLabel("Output").fill("9.5");
        page.waitForResponse("**/v2/prices/*", () -> button(page, "Save").click());
        assertThat(platform.awaitChanges()).containsExactly(
                "POST /v2/prices {\"input\":2,\"output\":9.5,\"tiers\":[{\"above\":200000,\"input\":4,\"output\":20}],"
                        + "\"max_output\":64000,\"match\":\"northwind/atlas-2\",\"since\":\"2099-01-01\"}",
                "DELETE /v2/prices/53333333-5555-4555-8555-555555555555");
        rowOf(page, "if northwind serves it").getByText("Remove").click();
        page.waitForResponse("**/v2/prices/*", () -> rowOf(page, "if northwind serves it").getByText("Remove for good").click());
        assertThat(platform.awaitChanges()).containsExactly("DELETE /v2/prices/51111111-5555-4555-8555-555555555555");
    }

    @Test
    void targetsAreAddedChangedAndRemoved() {
        var page = signedIn(MODEL);
        button(page, "Add a target").click();
        page.getByLabel("Upstream").fill("spare");
        page.getByLabel("Priority").fill("2");
        page.waitForResponse("**/v2/targets", () -> button(page, "Add it").click());
        assertThat(platform.awaitChanges()).containsExactly(
                "POST /v2/targets {\"model_name\":\"northwind/atlas-2\",\"upstream\":\"spare\",\"priority\":2,\"weight\":1}");
        assertThat(button(page, "Add a target")).isVisible();
        rowOf(page, "as atlas-2-0926").getByText("Change").click();
        assertThat(page.getByLabel("There it is called")).hasValue("atlas-2-0926");
        page.getByLabel("There it is called").fill("");
        page.getByLabel("Weight").fill("5");
        page.waitForResponse("**/v2/targets/*", () -> button(page, "Save").click());
        assertThat(platform.awaitChanges()).containsExactly("PATCH /v2/targets/31111111-5555-4555-8555-555555555555 "
                + "{\"upstream\":\"northwind\",\"priority\":0,\"weight\":5,\"upstream_model\":\"\"}");
        var route = page.locator("table[aria-label='Where its calls go'] tbody tr").nth(1);
        route.getByText("Remove").click();
        page.waitForResponse("**/v2/targets/*", () -> route.getByText("Remove it").click());
        assertThat(platform.awaitChanges()).containsExactly("DELETE /v2/targets/41111111-5555-4555-8555-555555555555");
    }

    @Test
    void whoeverAddsTheFirstTargetIsToldWhatBecomesOfTheCatalogsUpstream() {
        var page = signedIn("/models/c79dbc12-1f04-46ff-8272-f5a7aa17c57c");
        assertThat(page.locator("table[aria-label='Where its calls go'] button")).hasCount(0);
        button(page, "Add a target").click();
        assertThat(page.locator(".entering")).containsText("From the first target on, calls go to the team’s targets alone");
    }

    private static void refuse(Route route, String detail) {
        route.fulfill(new Route.FulfillOptions()
                .setStatus(400)
                .setContentType("application/problem+json")
                .setBody("{\"status\": 400, \"detail\": \"" + detail + "\"}"));
    }
}
