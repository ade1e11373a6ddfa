// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A model that judges. A server that is busy or down is asked seven times in all. */
final class JudgeModel {

    private static final int RETRIES = 6;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int MAX_TOKENS = 1024;
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();

    private static final String TASK = """
            You are shown one criterion and one response, and decide one thing: is what the criterion describes there in the response?

            <criterion_type> says whether the criterion is something good (positive) or a mistake (negative). Your task is the same for both:
            - positive: MET if the response fulfils the criterion, else UNMET.
            - negative: MET if the response really makes the mistake, UNMET if it does not; to mention it or to warn of it is not to make it.

            How to decide:
            - Be exact about facts and generous about words: another wording, an equivalent, and what plainly follows from the response count.
            - Mind negations, warnings and contrasts: to say that something must not be done is not to do it.
            - What the criterion wants at once or in any case is UNMET if the response does it only under a condition.
            - Judge whether it is there, not how well it is done.

            Answer with a JSON object alone, without a code fence around it:
            {"criterion_status": "MET" or "UNMET", "explanation": "one or two sentences"}""";

    private final Supplier<Server> server;
    private final String name;
    private final Duration pause;

    /** Where it answers, and what opens it. */
    record Server(URI address, String key) {

        /** @throws IllegalArgumentException if that is no address */
        static Server at(String baseUrl, String key) {
            return new Server(URI.create((baseUrl.endsWith("/") ? baseUrl : baseUrl + "/") + "chat/completions"), key);
        }
    }

    /** @param server looked up with each question */
    JudgeModel(Supplier<Server> server, String name) {
        this(server, name, PAUSE);
    }

    /** @param pause before a request is made a second time; twice as long before each further one */
    JudgeModel(Supplier<Server> server, String name, Duration pause) {
        this.server = server;
        this.name = name;
        this.pause = pause;
    }

    String name() {
        return name;
    }

    /** What it says; nothing where it says none. */
    String ask(String prompt) throws IOException, InterruptedException {
        var body = Json.object().put("model", name).put("max_tokens", MAX_TOKENS);
        var messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", TASK);
        messages.addObject().put("role", "user").put("content", prompt);
        var asked = server.get();
        var request = HttpRequest.newBuilder(asked.address())
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + asked.key())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8))
                .build();
        var choice = read(send(request)).path("choices").path(0).path("message");
        if (choice.isMissingNode()) {
            throw new IOException("the judge " + name + " answered without a choice");
        }
        return choice.path("content").asString("");
    }

    private String send(HttpRequest request) throws IOException, InterruptedException {
        for (int retries = 0; ; retries++) {
            try {
                var response = HTTP.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                if (response.statusCode() < 300) {
                    return response.body();
                }
                if (!isPassing(response.statusCode()) || retries == RETRIES) {
                    throw new Refused("the judge " + name + " was refused with status " + response.statusCode() + ": " + message(response.body()));
                }
            } catch (Refused refused) {
                throw refused;
            } catch (IOException unreachable) {
                if (retries == RETRIES) {
                    throw new IOException("the judge " + name + " at " + request.uri() + " cannot be reached: " + unreachable, unreachable);
                }
            }
            Thread.sleep(before(retries));
        }
    }

    private Duration before(int retry) {
        var longest = pause.multipliedBy(1L << retry);
        longest = longest.compareTo(LONGEST_PAUSE) < 0 ? longest : LONGEST_PAUSE;
        return longest.multipliedBy(ThreadLocalRandom.current().nextInt(75, 101)).dividedBy(100);
    }

    private static boolean isPassing(int status) {
        return status == 408 || status == 409 || status == 429 || status >= 500;
    }

    private JsonNode read(String body) throws IOException {
        try {
            return Json.MAPPER.readTree(body);
        } catch (JacksonException noJson) {
            throw new IOException("the judge " + name + " answered with what is no JSON", noJson);
        }
    }

    private static String message(String body) {
        try {
            return Json.MAPPER.readTree(body).path("error").path("message").asString("no reason given");
        } catch (JacksonException _) {
            return "no reason given";
        }
    }

    private static final class Refused extends IOException {
        Refused(String message) {
            super(message);
        }
    }
}
