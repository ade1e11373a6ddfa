// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a provider says is wrong, in whichever shape it says it: at the top, as {@code error}, as {@code detail}, in a list.
 *
 * @param message null: nothing that people could read
 * @param type the provider's kind of error, if it names one
 * @param code the provider's code, if it is a word
 * @param status the HTTP status that the body names, whatever the answer's own was
 * @param retryAfter in seconds, where the body says it
 */
public record ProviderError(
        @Nullable String message, @Nullable String type, @Nullable String code, @Nullable Integer status, @Nullable Double retryAfter) {

    public static final ProviderError UNSAID = new ProviderError(null, null, null, null, null);

    private static final int LONGEST_MESSAGE = 4000;
    private static final String[] WORDS = {"message", "detail", "details", "msg", "error_description", "error_message", "title", "reason"};

    /** Words that always mean one status, so that nobody asks again what can only be refused again. */
    private static final Map<String, Integer> KINDS = Map.ofEntries(
            Map.entry("invalid_request_error", 400),
            Map.entry("invalid_prompt", 400),
            Map.entry("context_length_exceeded", 400),
            Map.entry("INVALID_ARGUMENT", 400),
            Map.entry("authentication_error", 401),
            Map.entry("billing_error", 402),
            Map.entry("insufficient_quota", 402),
            Map.entry("permission_error", 403),
            Map.entry("not_found_error", 404),
            Map.entry("request_too_large", 413),
            Map.entry("timeout_error", 504));

    /** Providers name the account that they bill: that is the platform's business, not its callers'. */
    private static final Pattern ACCOUNT = Pattern.compile(
            "\\b(org|proj|acct|user|team|key|sk|gsk|xai|fw|hf|csk|tgp|nvapi|AIza)([-_]|(?<=AIza))[A-Za-z0-9_*-]{4,}");

    private static final Pattern ABOUT_THE_KEY = Pattern.compile("api[ _-]?key|credential|authenticat|unauthori[sz]ed|permission|access token|bearer");
    private static final Pattern BAD_KEY = Pattern.compile(
            "(invalid|incorrect|expired|missing|unknown)[ _-](the )?api[ _-]?key|api[ _-]?key\\b.{0,40}\\b(not valid|invalid|incorrect|expired|missing|not found)");
    private static final Pattern ABOUT_THE_INPUT = Pattern.compile(
            "flagged|moderat|content[ _-]?(policy|filter|management)|safety|violat|harm|inappropriate|prohibited|sensitive|prompt|input|guardrail");
    private static final Pattern ABOUT_THE_ACCOUNT =
            Pattern.compile("key|token|access|forbidden|account|organi[sz]ation|project|subscription|billing|region|country|quota|\\bplan\\b");

    /** What a body says; empty if it says of no error. */
    public static Optional<ProviderError> in(JsonNode body) {
        if (body.isArray()) {
            return body.isEmpty() || !body.path(0).isObject() || body.path(0).has("choices") ? Optional.empty() : in(body.path(0));
        }
        var error = body.path("error");
        if (isSaid(error) || error.isBoolean() && error.asBoolean()) {
            return Optional.of(error.isBoolean() ? of(body) : of(error).or(of(body)));
        }
        if (body.path("errors").isArray() && !body.path("errors").isEmpty()) {
            return Optional.of(of(body.path("errors").path(0)).or(of(body)));
        }
        for (var choice : body.path("choices")) {
            if (isSaid(choice.path("error"))) {
                return Optional.of(of(choice.path("error")));
            }
        }
        var said = !body.has("choices") && (body.path("object").asString("").equals("error") || text(body) != null);
        return said ? Optional.of(of(body)) : Optional.empty();
    }

    /** Some fill the member in where nothing is wrong. */
    private static boolean isSaid(JsonNode error) {
        return error.isObject() && !error.isEmpty() || error.isString() && !error.asString().isBlank();
    }

    /** What plain text says, if it is meant for people. */
    public static ProviderError inText(String text) {
        var line = text.strip();
        var readable = !line.isEmpty() && !line.startsWith("<") && !line.startsWith("{") && !line.startsWith("[");
        return readable ? new ProviderError(line, null, null, null, null) : UNSAID;
    }

    public static ProviderError of(JsonNode error) {
        if (!error.isObject()) {
            return new ProviderError(text(error), null, null, null, null);
        }
        var message = text(error);
        var raw = error.path("metadata").path("raw").asString("");
        var code = error.path("code");
        var status = error.path("status");
        return new ProviderError(
                raw.isBlank() ? message : (message == null ? "" : message + ": ") + raw,
                word(error.path("type")) != null ? word(error.path("type")) : word(status),
                word(code),
                number(code) != null ? number(code) : number(status) != null ? number(status) : number(error.path("status_code")),
                delay(error.path("details")));
    }

    private ProviderError or(ProviderError other) {
        return new ProviderError(
                message != null ? message : other.message,
                type != null ? type : other.type,
                code != null ? code : other.code,
                status != null ? status : other.status,
                retryAfter != null ? retryAfter : other.retryAfter);
    }

    /** The status of an answer that called itself a success. */
    public int impliedStatus() {
        if (status != null && status >= 400 && status <= 599) {
            return status;
        }
        var kind = Optional.ofNullable(type).map(KINDS::get).or(() -> Optional.ofNullable(code).map(KINDS::get));
        if (kind.isPresent()) {
            return kind.get();
        }
        var words = words();
        if (words.contains("rate_limit") || words.contains("rate limit") || words.contains("resource_exhausted") || words.contains("too many requests")) {
            return 429;
        }
        return words.contains("overloaded") || words.contains("unavailable") ? 503 : 502;
    }

    /** The error as callers get it: about them, never about the platform's own account. */
    public ModelError told(String provider, int status, Fields headers, Instant now) {
        return told(provider, status)
                .retryAfter(Optional.ofNullable(RetryAfter.in(headers, now)).orElse(retryAfter))
                .shouldRetry(isAboutTheKey(status) || status < 400 ? Boolean.FALSE : shouldRetry(headers));
    }

    public ModelError told(String provider, int status) {
        if (isAboutTheKey(status)) {
            return ModelError.of(502, "The provider '" + provider + "' refuses the key that this platform has for it (" + status + ").")
                    .andNoUseTryingAgain();
        }
        if (status == 402) {
            return ModelError.of(402, "The provider '" + provider + "' says that this platform's account with it is used up.");
        }
        var otherwise = "The provider '" + provider + "' answered with status " + status + ".";
        if (status < 400 || status > 599) {
            return ModelError.of(502, otherwise).andNoUseTryingAgain();
        }
        var plain = ModelError.of(status, message == null || message.isBlank() ? otherwise : discreet(message));
        return new ModelError(
                status, type == null ? plain.type() : type, code == null ? plain.code() : code, plain.message(), retryAfter, null);
    }

    /** Whether it is the platform's key that is refused, and not what its callers sent. */
    public boolean isAboutTheKey(int status) {
        var words = words();
        return switch (status) {
            case 401, 407 -> true;
            case 400 -> BAD_KEY.matcher(words).find();
            case 403 -> ABOUT_THE_KEY.matcher(words).find()
                    || message == null
                    || !ABOUT_THE_INPUT.matcher(words).find() && ABOUT_THE_ACCOUNT.matcher(words).find();
            default -> false;
        };
    }

    private String words() {
        return (message + " " + type + " " + code).toLowerCase(Locale.ROOT);
    }

    public static String discreet(String message) {
        var told = ACCOUNT.matcher(message).replaceAll("$1$2…");
        return told.length() > LONGEST_MESSAGE ? told.substring(0, LONGEST_MESSAGE) + "…" : told;
    }

    private static @Nullable Boolean shouldRetry(Fields headers) {
        return switch (headers.first("x-should-retry").orElse("").strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    /** What people can read of a node: a text, or what its members or elements say. */
    private static @Nullable String text(JsonNode node) {
        if (node.isString()) {
            return node.asString();
        }
        if (node.isArray()) {
            var texts = new ArrayList<String>();
            node.forEach(element -> Optional.ofNullable(text(element)).ifPresent(texts::add));
            return texts.isEmpty() ? null : String.join("; ", texts);
        }
        for (var name : WORDS) {
            var text = node.has(name) ? text(node.path(name)) : null;
            if (text != null && !text.isBlank()) {
                return where(node.path("loc")) + text;
            }
        }
        return null;
    }

    /** Where a fault sits, as validators of requests say it: {@code ["body", "temperature"]}. */
    private static String where(JsonNode location) {
        var path = location.valueStream().map(step -> step.asString("")).filter(step -> !step.isEmpty() && !step.equals("body")).collect(Collectors.joining("."));
        return path.isEmpty() ? "" : path + ": ";
    }

    private static @Nullable String word(JsonNode node) {
        return node.isString() && !node.asString().isBlank() && RetryAfter.number(node.asString()) == null ? node.asString() : null;
    }

    private static @Nullable Integer number(JsonNode node) {
        if (node.isInt()) {
            return node.asInt();
        }
        var number = node.isString() ? RetryAfter.number(node.asString()) : null;
        return number == null ? null : number.intValue();
    }

    private static @Nullable Double delay(JsonNode details) {
        return details.valueStream()
                .map(detail -> RetryAfter.number(detail.path("retryDelay").asString("")))
                .filter(seconds -> seconds != null)
                .findFirst()
                .orElse(null);
    }
}
