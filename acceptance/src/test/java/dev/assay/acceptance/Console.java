// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.function.Consumer;

/** What the console shows to whoever has a key, in a real browser. Comes last in its test: where there is no Chromium the test is skipped here. */
final class Console {

    private Console() {}

    /** The page has all of these texts. */
    static void shows(Platform platform, String key, String path, String... texts) {
        look(platform, key, path, page -> {
            for (var text : texts) {
                assertThat(page.locator("main")).containsText(text);
            }
        });
    }

    /** No script on the page fails, either. */
    static void look(Platform platform, String key, String path, Consumer<Page> look) {
        assumeFalse(System.getenv().getOrDefault("ASSAY_TESTS_WITHOUT", "").contains("chromium"), "no Chromium here");
        try (var chromium = new Chromium()) {
            var errors = new ArrayList<String>();
            var page = chromium.signedIn(platform, key, errors);
            page.navigate(platform.url() + path);
            look.accept(page);
            assertThat(errors).isEmpty();
        }
    }
}
