// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cdp;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A browser behind the {@code cdp/1.3} capability as a server of tools: whatever agent works with an environment's tools can be given it.
 * What changes the page is answered with a picture of it. Places are pixels of that picture.
 */
public final class Browser implements ToolServer {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LONGEST_TEXT = 65_536;
    private static final int PICTURES = 10;
    private static final Duration BETWEEN_PICTURES = Duration.ofMillis(200);

    /** What a model may press, by the name that pages know, and its number. */
    private static final Map<String, Integer> KEYS = Map.ofEntries(
            Map.entry("Enter", 13), Map.entry("Tab", 9), Map.entry("Escape", 27), Map.entry("Backspace", 8), Map.entry("Delete", 46),
            Map.entry("ArrowUp", 38), Map.entry("ArrowDown", 40), Map.entry("ArrowLeft", 37), Map.entry("ArrowRight", 39),
            Map.entry("Home", 36), Map.entry("End", 35), Map.entry("PageUp", 33), Map.entry("PageDown", 34));

    private final Capability capability;
    private final CapabilityRoute route;
    private CdpConnection page;

    private Browser(Capability capability, CapabilityRoute route) throws CdpException, InterruptedException {
        this.capability = capability;
        this.route = route;
        this.page = dial();
    }

    /** Connects to the page that the capability means, or to a new one; and again before a call if that connection ended. */
    public static Browser connect(Capability capability, CapabilityRoute route) throws CdpException, InterruptedException {
        return new Browser(capability, route);
    }

    private CdpConnection dial() throws CdpException, InterruptedException {
        var connection = new CdpConnection(capability, route, Page.url(capability, route));
        try {
            for (var domain : List.of("Page", "Runtime", "DOM")) {
                connection.send(domain + ".enable", Json.object(), PATIENCE);
            }
            return connection;
        } catch (CdpException | InterruptedException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public List<Listed> tools() {
        return BrowserTools.LIST;
    }

    @Override
    public ToolOutcome call(String tool, JsonNode arguments) throws CdpException, InterruptedException {
        if (page.hasEnded()) {
            page.close();
            page = dial();
        }
        return switch (tool) {
            case "browser_navigate" -> navigate(BrowserTools.text(arguments, "url"));
            case "browser_back" -> back();
            case "browser_screenshot" -> shown("");
            case "browser_text" -> ToolOutcome.text(where() + "\n\n" + shortened(evaluate("document.body ? document.body.innerText : ''")
                    .path("value").asString("")));
            case "browser_click" -> click(arguments);
            case "browser_type" -> {
                send("Input.insertText", Json.object().put("text", BrowserTools.text(arguments, "text")));
                yield shown("");
            }
            case "browser_key" -> key(BrowserTools.text(arguments, "key"));
            case "browser_scroll" -> scroll(arguments);
            case "browser_evaluate" -> evaluated(BrowserTools.text(arguments, "expression"));
            default -> throw new IllegalArgumentException("unknown tool: " + tool);
        };
    }

    private ToolOutcome navigate(String url) throws CdpException, InterruptedException {
        try (var loaded = page.next("Page.loadEventFired")) {
            var result = send("Page.navigate", Json.object().put("url", url));
            if (result.path("errorText").isString()) {
                return ToolOutcome.failure("the page does not load: " + result.get("errorText").stringValue());
            }
            if (result.path("loaderId").isString()) { // another place in the same page loads nothing
                loaded.within(PATIENCE);
            }
        }
        return shown("");
    }

    private ToolOutcome back() throws CdpException, InterruptedException {
        var history = send("Page.getNavigationHistory", Json.object());
        int before = history.path("currentIndex").asInt(0) - 1;
        if (before < 0) {
            return ToolOutcome.failure("there is no page before this one");
        }
        try (var loaded = page.next("Page.frameNavigated")) {
            var entry = history.path("entries").path(before).path("id").asInt(0);
            send("Page.navigateToHistoryEntry", Json.object().put("entryId", entry));
            loaded.within(PATIENCE);
        }
        return shown("");
    }

    private ToolOutcome click(JsonNode arguments) throws CdpException, InterruptedException {
        double x;
        double y;
        if (arguments.path("selector").isString()) {
            var at = evaluate("(() => { const e = document.querySelector(" + arguments.get("selector") + "); if (!e) return null;"
                    + " e.scrollIntoView({block: 'center', inline: 'center'}); const r = e.getBoundingClientRect();"
                    + " return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()").path("value");
            if (!at.isObject()) {
                return ToolOutcome.failure("nothing on the page matches " + arguments.get("selector"));
            }
            x = at.path("x").asDouble(0);
            y = at.path("y").asDouble(0);
        } else {
            x = BrowserTools.number(arguments, "x");
            y = BrowserTools.number(arguments, "y");
        }
        for (var type : List.of("mouseMoved", "mousePressed", "mouseReleased")) {
            var event = Json.object().put("type", type).put("x", x).put("y", y);
            send("Input.dispatchMouseEvent", type.equals("mouseMoved") ? event : event.put("button", "left").put("clickCount", 1));
        }
        return shown("");
    }

    private ToolOutcome key(String key) throws CdpException, InterruptedException {
        var code = KEYS.get(key);
        if (code == null) {
            throw new IllegalArgumentException("key must be one of " + KEYS.keySet().stream().sorted().toList());
        }
        var event = Json.object().put("key", key).put("code", key).put("windowsVirtualKeyCode", code);
        send("Input.dispatchKeyEvent", key.equals("Enter") ? event.deepCopy().put("type", "keyDown").put("text", "\r")
                : event.deepCopy().put("type", "rawKeyDown"));
        send("Input.dispatchKeyEvent", event.deepCopy().put("type", "keyUp"));
        return shown("");
    }

    private ToolOutcome scroll(JsonNode arguments) throws CdpException, InterruptedException {
        send("Input.dispatchMouseEvent", Json.object().put("type", "mouseWheel").put("x", 1).put("y", 1).put("deltaX", 0)
                .put("deltaY", BrowserTools.number(arguments, "down")));
        // the page moves with its next frames
        evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
        return shown("");
    }

    private ToolOutcome evaluated(String expression) throws CdpException, InterruptedException {
        var result = send("Runtime.evaluate", evaluation(expression));
        var thrown = result.path("exceptionDetails");
        if (!thrown.isMissingNode()) {
            return ToolOutcome.failure(shortened(thrown.path("exception").path("description").asString(thrown.path("text").asString(""))));
        }
        var value = result.path("result");
        var told = value.has("value") ? value.get("value").toString() : value.path("description").asString("undefined");
        return ToolOutcome.text(shortened(told));
    }

    private JsonNode evaluate(String expression) throws CdpException, InterruptedException {
        return send("Runtime.evaluate", evaluation(expression)).path("result");
    }

    private static ObjectNode evaluation(String expression) {
        return Json.object().put("expression", expression).put("returnByValue", true).put("awaitPromise", true);
    }

    /** Title and address, and a picture of the page. */
    private ToolOutcome shown(String more) throws CdpException, InterruptedException {
        var picture = picture();
        var content = new ArrayList<JsonNode>(ToolOutcome.text(where() + more).content());
        content.addAll(ToolOutcome.image("image/png", picture).content());
        return new ToolOutcome(content, null, false);
    }

    /** Between two pages there is none to be seen, for a moment. */
    private String picture() throws CdpException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return send("Page.captureScreenshot", Json.object().put("format", "png")).path("data").asString("");
            } catch (CdpException e) {
                if (!e.isRefusal() || attempt == PICTURES) {
                    throw e;
                }
                Thread.sleep(BETWEEN_PICTURES);
            }
        }
    }

    private String where() throws CdpException, InterruptedException {
        var value = evaluate("[document.title, location.href]").path("value");
        return shortened(value.path(0).asString("") + " - " + value.path(1).asString(""));
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text
                : text.substring(0, LONGEST_TEXT) + "\n[" + (text.length() - LONGEST_TEXT) + " more characters]";
    }

    private JsonNode send(String method, ObjectNode params) throws CdpException, InterruptedException {
        return page.send(method, params, PATIENCE);
    }

    @Override
    public void close() {
        page.close();
    }
}
