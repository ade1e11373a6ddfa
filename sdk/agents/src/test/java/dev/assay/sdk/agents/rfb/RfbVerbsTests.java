// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.tool.KeyNames;
import dev.assay.sdk.agents.tool.ScreenVerbs.Button;
import dev.assay.sdk.agents.tool.ScreenVerbs.Point;
import dev.assay.sdk.protocol.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RfbVerbsTests {

    private static final JsonNode RECORDED = recorded();

    private final List<String> events = new ArrayList<>();

    private static JsonNode recorded() {
        try (var in = RfbVerbsTests.class.getResourceAsStream("verbs.json")) {
            return Json.MAPPER.readTree(in);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void everyVerbWritesWhatThePublishedClientWritesAndWaitsAsLong() throws Exception {
        try (var verbs = verbs()) {
            for (var each : RECORDED.get("verbs")) {
                events.clear();
                boolean failed = false;
                try {
                    perform(verbs, each.get("verb"));
                } catch (IllegalArgumentException e) {
                    failed = true;
                }
                assertThat(events).as(each.get("verb").toString())
                        .isEqualTo(each.get("events").valueStream().map(JsonNode::stringValue).toList());
                assertThat(failed).as(each.get("verb").toString()).isEqualTo(each.get("failed").booleanValue());
            }
        }
        assertThat(RECORDED.get("verbs").size()).isGreaterThan(25);
    }

    @Test
    void keysHaveTheNamesThatModelsKnow() {
        RECORDED.get("names").propertyStream()
                .forEach(name -> assertThat(KeyNames.keysym(name.getKey())).as(name.getKey()).isEqualTo(name.getValue().stringValue()));
    }

    @Test
    void aKeyThatThereIsNotIsNamed() throws Exception {
        try (var verbs = verbs()) {
            assertThatThrownBy(() -> verbs.keyDown("☃")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'☃'");
        }
    }

    @Test
    void aPlaceThatTheProtocolCannotSayIsNoPlace() throws Exception {
        try (var verbs = verbs()) {
            assertThatThrownBy(() -> verbs.move(new Point(-1, 5)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("(-1, 5)");
            verbs.move(new Point(65535, 5));
            assertThat(verbs.pointer()).isEqualTo(new Point(65535, 5));
        }
    }

    @Test
    void noMoreIsScrolledThanMakesSenseAndNoMoreIsShownThanTheScreenHolds() throws Exception {
        try (var verbs = verbs()) {
            verbs.scroll(null, Integer.MIN_VALUE, List.of());
            assertThat(events).hasSize(20_000);
            assertThat(verbs.screenshot(new Point(-4, -4), new Point(4, 4)).holdsImage()).isTrue();
            assertThatThrownBy(() -> verbs.screenshot(new Point(0, 0), new Point(9, 8)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("[0, 0, 9, 8]");
        }
    }

    @Test
    void whatWasHeldIsLetGoWhenThePauseIsInterrupted() throws Exception {
        var screen = RfbScreen.connect(FakeScreen.CAPABILITY, capability -> new FakeScreen(8, 8, FakeScreen.GREY, events));
        try (var verbs = new RfbVerbs(screen, ScreenshotEncoding.PNG, time -> {
                    throw new InterruptedException();
                })) {
            assertThatThrownBy(() -> verbs.drag(List.of(new Point(0, 0), new Point(1, 1)), List.of("Shift_L")))
                    .isInstanceOf(InterruptedException.class);
            assertThat(events).containsExactly("key down ffe1", "pointer 0 0 0", "key up ffe1");
        }
    }

    private RfbVerbs verbs() throws Exception {
        var screen = RfbScreen.connect(FakeScreen.CAPABILITY, capability -> new FakeScreen(8, 8, FakeScreen.GREY, events));
        return new RfbVerbs(screen, ScreenshotEncoding.PNG, time -> events.add("wait " + time.toMillis()));
    }

    private static void perform(RfbVerbs verbs, JsonNode verb) throws Exception {
        switch (verb.get(0).stringValue()) {
            case "move" -> verbs.move(new Point(verb.get(1).intValue(), verb.get(2).intValue()));
            case "click" -> verbs.click(
                    at(verb), Button.valueOf(verb.get(3).stringValue().toUpperCase(Locale.ROOT)), verb.get(5).intValue(),
                    millis(verb.get(6)), texts(verb.get(4)));
            case "mouse_down" -> verbs.press(Button.LEFT);
            case "mouse_up" -> verbs.release(Button.LEFT);
            case "scroll" -> verbs.scroll(at(verb), verb.get(3).intValue(), texts(verb.get(4)));
            case "drag" -> verbs.drag(
                    verb.get(1).valueStream().map(place -> new Point(place.get(0).intValue(), place.get(1).intValue())).toList(),
                    texts(verb.get(2)));
            case "type" -> verbs.type(verb.get(1).stringValue());
            case "press_keys" -> verbs.press(texts(verb.get(1)), verb.get(2).intValue());
            case "key_down" -> verbs.keyDown(verb.get(1).stringValue());
            case "key_up" -> verbs.keyUp(verb.get(1).stringValue());
            case "hold_key" -> verbs.hold(verb.get(1).stringValue(), millis(verb.get(2)));
            default -> verbs.pause(millis(verb.get(1)));
        }
    }

    private static @Nullable Point at(JsonNode verb) {
        return verb.get(1).isNull() ? null : new Point(verb.get(1).intValue(), verb.get(2).intValue());
    }

    private static Duration millis(JsonNode value) {
        return Duration.ofMillis(value.intValue());
    }

    private static List<String> texts(JsonNode values) {
        return values.valueStream().map(JsonNode::stringValue).toList();
    }
}
