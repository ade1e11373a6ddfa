// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Has the client make a step and bare torch the same, in turn, and compares. Run by `benchmarks/real-steps`. */
public final class RealSteps {

    /** Steps that load the model and have the platform's code compiled. */
    private static final int WARM_UP = 4;

    private RealSteps() {}

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        var host = "http://127.0.0.1:" + arguments[0];
        var datums = arguments[5];
        var tokens = arguments[6];
        int rounds = Integer.parseInt(arguments[7]);
        System.out.printf("%s sequences of %s tokens, %s; %d cores; load average before the start %s%n", datums, tokens, arguments[4],
                Runtime.getRuntime().availableProcessors(), Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        var base = Path.of(System.getProperty("benchmarks"));
        try (var client = new Stepping(host, arguments[2], base.resolve("real_steps_client.py").toString(), fork(host), datums, tokens);
                var bare = new Stepping(host, arguments[3], base.resolve("real_steps_bare.py").toString(), arguments[4], datums, tokens)) {
            List<Double> byClient = new ArrayList<>();
            List<Double> byTorch = new ArrayList<>();
            List<Double> more = new ArrayList<>();
            for (int round = -WARM_UP; round < rounds; round++) {
                var ours = client.step();
                var torch = bare.step();
                System.out.printf("client: forward_backward %.2f s, optim_step %.2f s; bare torch: %.2f s, %.3f s%s%n",
                        ours[0], ours[1], torch[0], torch[1], round < 0 ? " (not counted)" : "");
                if (round >= 0) {
                    byClient.add(ours[0] + ours[1]);
                    byTorch.add(torch[0] + torch[1]);
                    more.add(byClient.getLast() / byTorch.getLast() - 1);
                }
            }
            System.out.printf("a step: %.2f s by the client, %.2f s in bare torch; of a pair %+.1f %%, from %+.1f to %+.1f %%%n",
                    median(byClient), median(byTorch), 100 * median(more), 100 * Collections.min(more), 100 * Collections.max(more));
        }
    }

    private static double median(List<Double> numbers) {
        var sorted = numbers.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String fork(String host) throws Exception {
        var known = send(HttpRequest.newBuilder(URI.create(host + "/v2/models/resolve?model=bench/base")).GET());
        var body = "{\"source_model_id\": \"" + id(known) + "\", \"name\": \"steps\"}";
        return id(send(HttpRequest.newBuilder(URI.create(host + "/v2/models/fork")).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))));
    }

    private static String send(HttpRequest.Builder request) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request.header("Authorization", "Bearer " + System.getenv("ASSAY_KEY")).build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IOException(answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        }
    }

    private static String id(String model) {
        var found = Pattern.compile("\"id\" *: *\"([^\"]+)\"").matcher(model);
        if (!found.find()) {
            throw new IllegalStateException(model);
        }
        return found.group(1);
    }

    /** A program that makes a step for each line, and says how long its halves took. */
    private static final class Stepping implements AutoCloseable {

        private final Process process;
        private final BufferedWriter lines;
        private final BufferedReader answers;

        Stepping(String host, String python, String program, String model, String datums, String tokens) throws IOException {
            var builder = new ProcessBuilder(python, "-W", "ignore", program, model, datums, tokens).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("HUD_API_URL", host);
            builder.environment().put("HUD_RL_URL", host + "/rl");
            builder.environment().put("HUD_TELEMETRY_URL", host + "/telemetry/v3/api");
            builder.environment().put("HUD_API_KEY", System.getenv("ASSAY_KEY"));
            builder.environment().put("OMP_WAIT_POLICY", "PASSIVE"); // as the trainer's
            process = builder.start();
            lines = process.outputWriter();
            answers = process.inputReader();
        }

        double[] step() throws IOException {
            lines.write("\n");
            lines.flush();
            var said = answers.readLine();
            if (said == null) {
                throw new IOException("it ended");
            }
            return Arrays.stream(said.split(" ")).mapToDouble(Double::parseDouble).toArray();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
