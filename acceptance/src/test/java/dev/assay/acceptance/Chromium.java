// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** This machine's Chromium: each page has cookies of its own, and what is looked for there is waited for as long as a busy machine needs. */
final class Chromium implements AutoCloseable {

    /** In milliseconds. Playwright's own five seconds are too few where a platform and other tests share a busy machine with the page. */
    private static final double PATIENCE = 60_000;

    /** It paints nothing that nobody looks at, and asks nobody on the network. */
    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--renderer-process-limit=1", "--in-process-gpu", "--disable-software-rasterizer");

    private final Playwright playwright;
    private final Browser browser;

    Chromium() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(program()).setArgs(ARGUMENTS));
    }

    /** Whoever is done with it closes its context. */
    Page page() {
        var context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(1280, 900)
                .setReducedMotion(ReducedMotion.REDUCE)); // what pulses is painted by the processor, sixty times a second
        context.setDefaultTimeout(PATIENCE);
        return context.newPage();
    }

    /** @param errors what fails in the page's scripts is added to these */
    Page signedIn(Platform platform, String key, List<String> errors) {
        var page = page();
        page.onPageError(errors::add);
        page.navigate(platform.url() + "/jobs");
        page.getByLabel("API key").fill(key);
        page.getByLabel("API key").press("Enter");
        PlaywrightAssertions.assertThat(page.locator("nav")).isVisible();
        return page;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }

    private static Path program() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable",
                        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
                .map(Path::of).filter(path -> path.toFile().canExecute()).findFirst()
                .orElseThrow(() -> new IllegalStateException("no Chromium here: apt-get install chromium"));
    }
}
