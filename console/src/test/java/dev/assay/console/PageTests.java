// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Tests of pages: one browser for all classes of them, and for each a platform, whose time begins with it. */
@ExtendWith(PageTests.OneBrowser.class)
@DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*chromium.*", disabledReason = "no Chromium here")
abstract class PageTests {

    static FakePlatform platform;
    static Browser browser;

    static final class OneBrowser implements BeforeAllCallback, AfterTestExecutionCallback, AutoCloseable {

        @Override
        public void beforeAll(ExtensionContext context) {
            context.getRoot().getStore(Namespace.GLOBAL).computeIfAbsent(OneBrowser.class, key -> {
                browser = Browser.ofThisMachine()
                        .orElseThrow(() -> new IllegalStateException("no Chromium here: apt-get install chromium"));
                return this;
            });
        }

        @Override
        public void afterTestExecution(ExtensionContext context) {
            context.getExecutionException().ifPresent(failure -> failure.addSuppressed(new AssertionError(browser.state())));
        }

        @Override
        public void close() {
            browser.close();
        }
    }

    @BeforeAll
    static void begin() {
        platform = FakePlatform.start(0);
    }

    @AfterAll
    static void end() {
        platform.close();
    }

    @BeforeEach
    void forgetChanges() {
        platform.changes();
    }

    @AfterEach
    void noPageComplained() {
        assertThat(browser.complaints()).isEmpty();
        browser.closePages();
    }

    static Page signedIn(String path) {
        return signedIn(path, 1280);
    }

    static Page signedIn(String path, int width) {
        return signIn(browser.open(platform.address(path), width), FakePlatform.KEY_WITH_RUNS);
    }

    static Page signedInAs(String key, String path) {
        return signIn(browser.open(platform.address(path)), key);
    }

    static Page signIn(Page page, String key) {
        page.getByLabel("API key").fill(key);
        page.getByLabel("API key").press("Enter");
        assertThat(page.locator("#top nav")).isVisible();
        return page;
    }

    static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    static Locator rowOf(Page page, String text) {
        return page.locator("tbody tr", new Page.LocatorOptions().setHasText(text));
    }
}
