// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.Position;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What people see of a model while it learns, and what they do with its checkpoints. */
@NullUnmarked
class LearningPagesTests extends PageTests {

    private static final String ARITH = "/models/a1b2c3d4-7f31-4c5e-9a10-3d5e6f708192";
    private static final String SLOWER = "b2c3d4e5-7f31-4c5e-9a10-3d5e6f708192";
    private static final String NOT_TAUGHT = "/models/c3d4e5f6-7f31-4c5e-9a10-3d5e6f708192";

    @Test
    void theAddressThatTheClientNamesShowsTheCheckpointsNewestFirst() {
        var page = signedIn(ARITH + "?tab=checkpoints");
        var rows = page.locator("table[aria-label=Checkpoints] > tbody > tr");
        assertThat(rows).hasCount(14);
        assertThat(page.locator("#checkpoints h2")).isInViewport();
        assertThat(rows.nth(0)).containsText("step-14 head");
        assertThat(rows.nth(0).locator("button")).hasCount(0);
        assertThat(rows.nth(0)).containsText("± 0.2");
        assertThat(rows.nth(3).locator("td[data-name='Mean reward']")).hasText("–");
        assertThat(rows.nth(4)).not().containsText("from");
        assertThat(rows.nth(5)).containsText("from step-5");
        assertThat(page.locator("#checkpoints .curve canvas")).hasCount(2);
        assertThat(page.locator("#checkpoints .legend")).hasText("up to the head, step-14up to step-8");
    }

    @Test
    void anotherModelIsDrawnBesideItAndAnotherMetricBelow() {
        var page = signedIn(ARITH);
        page.getByLabel("Compare with").selectOption(SLOWER);
        var legend = page.locator("#checkpoints .legend");
        assertThat(legend).containsText("Arith RL, slower <img src=x onerror=alert(1)>");
        page.getByLabel("What is shown below the mean reward").selectOption("<b>own</b>");
        assertThat(page).hasURL(Pattern.compile("with=" + SLOWER + "&of=%3Cb%3Eown%3C%2Fb%3E$"));
        page.reload();
        assertThat(page.getByLabel("What is shown below the mean reward")).hasValue("<b>own</b>");
        assertThat(legend).containsText("Arith RL, slower");
        page.locator("#checkpoints .u-over").first().hover(new Locator.HoverOptions().setPosition(after(6, page)));
        assertThat(page.locator("#checkpoints .tip").first()).containsText("step-6 of Arith RL, slower");
        assertThat(page.locator("main img, main b > b")).hasCount(0);
    }

    @Test
    void aCheckpointOpensTheRunsBehindIt() {
        var page = signedIn(ARITH);
        page.getByText("step-14", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(page).hasURL(Pattern.compile("\\?checkpoint=a1b2c3d4-0000-4000-8000-000000000014$"));
        page.reload();
        var runs = page.locator("table[aria-label='Runs behind step-14'] tbody tr");
        assertThat(runs).hasCount(8);
        assertThat(runs.nth(0)).containsText("no trace");
        assertThat(runs.nth(1).locator("a")).hasAttribute("href", "/trace/00010001-2222-4222-8222-222222222222");
        assertThat(runs.nth(4).locator("td[data-name=Advantage]")).hasText("−0.688");
        assertThat(page.locator("tr.inside")).containsText("arith-rl:14");
        page.locator("#checkpoints .u-over").first().click(new Locator.ClickOptions().setPosition(after(7, page)));
        assertThat(page.locator("tr.inside")).containsText("arith-rl:10");
        assertThat(page.locator("tr.inside")).hasCount(1);
    }

    @Test
    void anotherCheckpointIsServedOnceThatIsConfirmed() {
        var page = signedIn(ARITH);
        var row = rowOf(page, "step-8");
        row.getByText("Serve this").click();
        page.waitForResponse("**/head", () -> row.getByText("Serve it from now on").click());
        assertThat(platform.awaitChanges())
                .containsExactly("PUT /v2" + ARITH + "/head {\"checkpoint_id\":\"a1b2c3d4-0000-4000-8000-000000000008\"}");
    }

    @Test
    void aModelIsForkedAndItsForkIsShown() {
        var page = signedIn("/models/" + SLOWER);
        assertThat(page.locator(".facts")).containsText("Fork ofArith RL at step-5");
        button(page, "Fork").click();
        page.getByLabel("Name").fill(" third ");
        page.route("**/v2/models/fork", LearningPagesTests::nameIsTaken, new Page.RouteOptions().setTimes(1));
        button(page, "Fork it").click();
        assertThat(page.locator(".form-message")).hasText("The team has a model of that name already.");
        button(page, "Fork it").click();
        assertThat(page).hasURL(Pattern.compile(NOT_TAUGHT + "$"));
        assertThat(platform.awaitChanges())
                .containsExactly("POST /v2/models/fork {\"source_model_id\":\"" + SLOWER + "\",\"name\":\"third\"}");
        assertThat(page.locator(".empty")).containsText("No checkpoints yet: it serves its first weights");
        assertThat(page.locator(".empty")).containsText("TrainingClient(\"not-taught-yet\").step(");
    }

    @Test
    void aStepThatIsMadeMeanwhileAppearsByItself() {
        var page = browser.open(platform.address(ARITH));
        page.route("**" + ARITH + "/checkpoints", LearningPagesTests::firstStep, new Page.RouteOptions().setTimes(1));
        signIn(page, FakePlatform.KEY_WITH_RUNS);
        assertThat(page.locator("#checkpoints .legend")).hasText("up to the head, step-1");
        assertThat(page.locator("#checkpoints .legend")).containsText("step-14");
        assertThat(page.locator("table[aria-label=Checkpoints] > tbody > tr")).hasCount(14);
    }

    /** Where in the curves of this model that many of its steps are. */
    private static Position after(int steps, Page page) {
        return new Position(page.locator("#checkpoints .u-over").first().boundingBox().width * steps / 11, 40);
    }

    private static void firstStep(Route route) {
        answer(route, 200, """
                [{"id": "a1b2c3d4-0000-4000-8000-000000000001", "name": "step-1", "prev_model_checkpoint_id": null, "is_active": true,
                  "created_at": "%s", "num_traces": 4, "num_datums": 4, "num_tokens": 9, "mean_reward": null, "learning_rate": 0.1,
                  "loss_fn": "custom", "metrics": {}}]""".formatted(Instant.now()));
    }

    private static void nameIsTaken(Route route) {
        answer(route, 409, "{\"status\": 409, \"detail\": \"The team has a model of that name already.\"}");
    }

    private static void answer(Route route, int status, String body) {
        route.fulfill(new Route.FulfillOptions().setStatus(status).setContentType("application/json").setBody(body));
    }
}
