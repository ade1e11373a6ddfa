// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.ledger.Attachments.Kind;
import dev.assay.gateway.ledger.Attachments.Size;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputTests {

    static byte[] png(int width, int height) {
        return picture("png", width, height);
    }

    private static byte[] picture(String format, int width, int height) {
        try {
            var out = new ByteArrayOutputStream();
            assertThat(ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, out)).isTrue();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With so much behind it that it has this length. */
    static String base64(byte[] picture, int length) {
        return Base64.getEncoder().encodeToString(Arrays.copyOf(picture, Math.max(picture.length, length * 3 / 4)));
    }

    private static Input input(Dialect dialect, String json) {
        return new Input(dialect, Body.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({"png, PNG", "jpeg, JPEG", "gif, GIF"})
    void theSizeOfAPictureIsReadFromItsHeader(String format, Kind kind) {
        assertThat(Attachments.size(kind, picture(format, 640, 481))).isEqualTo(new Size(640, 481));
    }

    @ParameterizedTest
    @CsvSource({
        // 640 × 480 in each of WebP's three forms
        "52494646000000005745425056503820000000003000009d012a8002e0010000",
        "5249464600000000574542505650384c000000002f7fc277000000000000",
        "52494646000000005745425056503858 0a000000 00000000 7f0200 df0100"
    })
    void theSizeOfAWebpIsReadFromItsHeader(String hex) {
        assertThat(Attachments.size(Kind.WEBP, HexFormat.of().parseHex(hex.replace(" ", "")))).isEqualTo(new Size(640, 480));
    }

    @Test
    void aHeaderThatIsNoneTellsNoSizeAndBreaksNothing() {
        var random = new Random(7);
        for (var kind : Kind.values()) {
            for (var length = 0; length < 200; length++) {
                var noise = new byte[length];
                random.nextBytes(noise);
                var size = Attachments.size(kind, noise);
                assertThat(size == null || size.width() > 0 && size.height() > 0).isTrue();
            }
            var whole = kind == Kind.JPEG ? picture("jpeg", 40, 30) : png(40, 30);
            for (var length = 0; length < whole.length; length++) {
                Attachments.size(kind, Arrays.copyOf(whole, length));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        // as OpenAI's own examples say
        "CHAT, 1024, 1024, 765", "RESPONSES, 2048, 4096, 1105", "CHAT, 512, 512, 255", "CHAT, 1, 1, 255",
        // as Anthropic's do
        "MESSAGES, 200, 200, 54", "MESSAGES, 1000, 1000, 1334", "MESSAGES, 1092, 1092, 1590", "MESSAGES, 8000, 8000, 1600",
        // as Google's do
        "GEMINI, 384, 384, 258", "GEMINI, 385, 100, 516", "GEMINI, 960, 540, 1548", "GEMINI, 1536, 1536, 1032"
    })
    void eachDialectsProviderCountsPicturesInItsOwnWay(Dialect dialect, long width, long height, long tokens) {
        assertThat(Attachments.tokens(dialect, new Size(width, height))).isEqualTo(tokens);
    }

    @Test
    void picturesAreFoundInEveryDialectWhereverTheyStand() {
        var picture = base64(png(100, 100), 3000);
        assertThat(input(Dialect.CHAT, "{\"image_url\": {\"url\": \"data:image/png;base64," + picture + "\"}}").images()).isEqualTo(255);
        assertThat(input(Dialect.RESPONSES, "{\"image_url\": \"data:image/png;base64," + picture + "\"}").images()).isEqualTo(255);
        assertThat(input(Dialect.MESSAGES, "{\"source\": {\"type\": \"base64\", \"data\": \"" + picture + "\"}}").images()).isEqualTo(14);
        var forAddresses = base64(picture("jpeg", 100, 100), 3000).replace('/', '_').replace('+', '-');
        assertThat(input(Dialect.GEMINI, "{\"inlineData\": {\"data\": \"" + forAddresses + "\"}}").images()).isEqualTo(258);
    }

    @Test
    void theTextBesideAPictureIsCountedByItsSizeAndThePictureIsNot() {
        var text = "x".repeat(4000);
        var picture = base64(png(100, 100), 300_000);
        var input = input(Dialect.MESSAGES, "{\"a\": \"" + text + "\", \"data\": \"" + picture + "\", \"c\": \"" + text + "\"}");
        assertThat(input.images()).isEqualTo(14);
        assertThat(input.tokens()).isBetween(2014L, 2030L);
        assertThat(input.most()).isBetween(2680L, 2700L);
        assertThat(input.mostUnseen()).isGreaterThan(100_000);
    }

    @Test
    void aDocumentCountsByItsPages() {
        var document = Base64.getEncoder().encodeToString(Arrays.copyOf("%PDF-1.7 ".getBytes(StandardCharsets.US_ASCII), 120_000));
        assertThat(input(Dialect.MESSAGES, "{\"data\": \"" + document + "\"}").images()).isEqualTo(6000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CHAT      | {"type": "image_url", "image_url": {"url": "https://a/b.png"}}                                     | 1445
            CHAT      | {"type": "image_url", "image_url": {"detail": "low", "url": "HTTP:\\/\\/a\\/b"}}                     | 1445
            RESPONSES | {"type": "input_image", "image_url": "https://a/b"}                                                | 1445
            RESPONSES | {"type": "input_file", "file_url": "https://a/b"}                                                  | 200000
            MESSAGES  | {"type": "image", "source": {"type": "url", "url": "https://a/b.pdf"}}                             | 1600
            MESSAGES  | {"type": "image", "cache_control": {"type": "ephemeral"}, "source": {"type": "url", "url": "https://a"}} | 1600
            MESSAGES  | {"type": "document", "source": {"type": "url", "url": "https://a/b.png"}}                          | 200000
            MESSAGES  | {"source": {"url": "https://a", "type": "url"}, "type": "document"}                                | 200000
            GEMINI    | {"fileData": {"mimeType": "image/png", "fileUri": "files/x"}}                                      | 6192
            GEMINI    | {"file_data": {"file_uri": "gs://a/b", "mime_type": "image\\/png"}}                                | 6192
            GEMINI    | {"fileData": {"fileUri": "files/x", "mimeType": "application/pdf"}}                                | 258000
            GEMINI    | {"fileData": {"fileUri": "https://www.youtube.com/watch"}}                                         | 1000000
            GEMINI    | {"fileData": {"mimeType": "image/png", "fileData": {"fileUri": "within another"}}}                 | 6192
            CHAT      | {"type": "text", "text": "https://a/b.png"}                                                        | 0
            MESSAGES  | {"type": "web_search_result", "url": "https://a/b"}                                                | 0
            RESPONSES | {"annotations": [{"type": "url_citation", "url": "https://a/b"}]}                                  | 0
            MESSAGES  | {"type": "image", "source": {"type": "file", "file_id": "file_1"}}                                 | 0
            MESSAGES  | {"a": {"source": {"type": "base64"}, "b": {"url": "https://a"}}}                                   | 0
            MESSAGES  | {"type": "tool_use", "input": {"source": {"url": "https://a"}}}                                    | 0
            GEMINI    | {"functionCall": {"args": {"source": {"type": "url", "url": "https://a"}}}}                        | 0
            GEMINI    | {"functionCall": {"args": {"image_url": {"url": "https://a"}, "file_url": "https://a"}}}           | 0
            MESSAGES  | {"type": "tool_use", "input": {"image_url": "https://a", "fileData": {"fileUri": "a"}}}            | 0
            CHAT      | {"image_url": {"url": ""}}                                                                         | 0
            """)
    void whatIsNamedByAnAddressCountsTheMostThatItCanBeforeTheCallAndNothingThatIsBooked(Dialect dialect, String json, long tokens) {
        var text = (json.length() + 2) / 3;
        assertThat(input(dialect, json).most()).isEqualTo(tokens + text);
        assertThat(input(dialect, json).mostHeld()).isEqualTo(text);
        assertThat(input(dialect, json).images()).isZero();
        assertThat(input(dialect, json).tokens()).isEqualTo((json.length() + 3) / 4);
        var twice = "[" + json + "," + json + "]";
        assertThat(input(dialect, twice).most()).isEqualTo(2 * tokens + (twice.length() + 2) / 3);
    }

    @Test
    void aBodyThatEndsInsideAnAddressBreaksNothing() {
        var whole = "{\"fileData\": {\"mimeType\": \"image/png\", \"fileUri\": \"https://a\"}, \"image_url\": {\"url\": \"https://b\"}}";
        for (var length = 0; length < whole.length(); length++) {
            assertThat(input(Dialect.GEMINI, whole.substring(0, length)).most()).isBetween(0L, 1_100_000L);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void noPictureWhoseSizeIsKnownCountsMoreThanOneOfWhichNothingIs(Dialect dialect) {
        for (var width = 1; width < 9000; width += 61) {
            for (var height = 1; height < 9000; height += 67) {
                assertThat(Attachments.tokens(dialect, new Size(width, height))).isLessThanOrEqualTo(Attachments.mostOfPicture(dialect));
            }
        }
        assertThat(Attachments.tokens(dialect, new Size(100_000, 100_000))).isLessThanOrEqualTo(Attachments.mostOfPicture(dialect));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"data\": \"/9j/ %s\"}", "{\"data\": \"/9j/%s\"}", "{\"url\": \"data:image/jpeg;base64,/9j/%s\"}",
        "{\"text\": \"iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB%s\"}", "{\"text\": \"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB%s\"}",
        "{\"text\": \"\\\"data\\\": \\\"iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB%s\"}", "{\"data\": \"iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB, %s\"}",
        "{\"data\": \"JVBERi0 %s\"}", "{\"data\": [\"iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB%s\"]}"
    })
    void textThatPassesForAPictureCountsAsText(String json) {
        var input = input(Dialect.CHAT, json.formatted("word".repeat(250_000)));
        assertThat(input.images()).isZero();
        assertThat(input.most()).isGreaterThan(333_000);
    }

    @Test
    void whatOnlyLooksLikeOneIsText() {
        var text = "{\"a\": \"data:\", \"b\": \"data:text/plain;base64,aGVsbG8=\", \"c\": \"/9 is no picture\", \"d\": \""
                + "y".repeat(3000) + "\"}";
        assertThat(input(Dialect.CHAT, text).images()).isZero();
        assertThat(input(Dialect.CHAT, text).tokens()).isEqualTo((text.length() + 3) / 4);
    }
}
