// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The system's Chromium. What a page complains of is kept. */
final class Browser implements AutoCloseable {

    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--renderer-process-limit=1", "--in-process-gpu", "--disable-software-rasterizer");

    /** In milliseconds: for what is looked for on a page as for what is done there. */
    private static final double PATIENCE = 60_000;

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final Map<Page, List<Request>> unanswered = new LinkedHashMap<>();

    private Browser(Path executable) {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions().setExecutablePath(executable).setArgs(ARGUMENTS));
    }

    static Optional<Browser> ofThisMachine() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Browser::new);
    }

    Page open(String address) {
        return open(address, 1280);
    }

    /** A page of its own: no other page's key or storage. */
    Page open(String address, int width) {
        BrowserContext context = chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, 900)
                .setReducedMotion(ReducedMotion.REDUCE)); // what pulses is painted by the processor, sixty times a second
        context.setDefaultTimeout(PATIENCE);
        Page page = context.newPage();
        page.onPageError(complaints::add);
        var requests = Collections.synchronizedList(new ArrayList<Request>());
        unanswered.put(page, requests);
        page.onRequest(requests::add);
        page.onRequestFinished(requests::remove);
        page.onConsoleMessage(message -> {
            // A refused request is logged by the browser itself; the pages deal with those.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) complaints.add(message.text());
        });
        page.navigate(address);
        return page;
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** What the open pages show and which of their requests were not answered: for when one is not as it should be. */
    String state() {
        return unanswered.entrySet().stream()
                .map(page -> "%s%n%s%nnot answered: %s".formatted(
                        page.getKey().url(), page.getKey().content(),
                        page.getValue().stream().map(request -> request.url() + " " + request.failure()).toList()))
                .collect(Collectors.joining("\n"));
    }

    void closePages() {
        unanswered.clear();
        List.copyOf(chromium.contexts()).forEach(BrowserContext::close);
    }

    @Override
    public void close() {
        chromium.close();
        playwright.close();
    }
}
