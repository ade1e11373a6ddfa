// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.training.Call;
import dev.assay.trainer.engine.Engine.Start;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.engine.Session;
import dev.assay.trainer.toy.Toy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stands in for a service of Tinker's kind: speaks the wire of the published package tinker 0.38, as far as training and sampling go, with
 * the toy's arithmetic behind it. The package itself drives it if its {@code main} is run (TINKER_BASE_URL, and a TINKER_API_KEY that is
 * {@link #KEY}). What is asked for is first not done yet, so that whoever asks has to ask again.
 */
final class TinkerStandIn implements AutoCloseable {

    static final String KEY = "tml-of-the-stand-in";
    static final String BASE = "stand-in/toy";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PROTO = "application/x-protobuf";

    private final Toy toy = new Toy();
    private final Path folder = Files.createTempDirectory("assay-tinker-");
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final AtomicInteger numbers = new AtomicInteger();
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();
    private final Map<String, Model> models = new ConcurrentHashMap<>();
    private final Map<String, Sampler> samplers = new ConcurrentHashMap<>();
    private final Map<String, Path> saved = new ConcurrentHashMap<>();
    private final Map<String, Future> futures = new ConcurrentHashMap<>();
    /** Which requests fail next, with which status; and how often each verb was asked. */
    final Map<String, Integer> failing = new ConcurrentHashMap<>();
    final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

    /** What is known of a request is answered, whoever asks how often. */
    private record Model(Session session, Map<Integer, String> done) {}

    private record Future(Object result, AtomicInteger asked) {}

    TinkerStandIn() throws IOException {
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v1/", this::serve);
        server.start();
    }

    public static void main(String... arguments) throws IOException {
        System.out.println(new TinkerStandIn().url());
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    int sessions() {
        return sessions.size();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var verb = exchange.getRequestURI().getPath().substring("/api/v1/".length());
            var body = exchange.getRequestBody().readAllBytes();
            asked.computeIfAbsent(verb, one -> new AtomicInteger()).incrementAndGet();
            if (!KEY.equals(exchange.getRequestHeaders().getFirst("X-API-Key"))) {
                send(exchange, 401, "application/json", "{\"detail\": \"who are you?\"}".getBytes(StandardCharsets.UTF_8));
                return;
            }
            var failure = failing.remove(verb);
            if (failure != null) {
                send(exchange, failure, "application/json", "{\"detail\": \"as was wanted\"}".getBytes(StandardCharsets.UTF_8));
                return;
            }
            Object answer;
            try {
                answer = answer(verb, exchange, body);
            } catch (RefusedException e) {
                send(exchange, 400, "application/json", JSON.writeValueAsBytes(Map.of("detail", e.detail())));
                return;
            }
            if (answer instanceof byte[] proto) {
                send(exchange, 200, PROTO, proto);
            } else {
                send(exchange, 200, "application/json", JSON.writeValueAsBytes(answer));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private synchronized Object answer(String verb, HttpExchange exchange, byte[] body) throws IOException {
        if (verb.equals("forward_backward")) {
            return forwardBackward(body);
        }
        if (verb.startsWith("samplers/")) {
            return Map.of("sampler_id", verb.substring("samplers/".length()), "base_model", BASE);
        }
        var request = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        return switch (verb) {
            case "client/config" -> Map.of("use_pyqwest_transport", false);
            case "client/dynamic_config", "telemetry", "session_heartbeat" -> Map.of("status", "accepted");
            case "get_server_capabilities" -> Map.of("supported_models", List.of(
                    Map.of("model_name", BASE, "max_context_length", 32 * 1024, "trainable", true, "sampleable", true)));
            case "create_session" -> {
                var id = "session-" + numbers.incrementAndGet();
                sessions.add(id);
                yield Map.of("type", "create_session", "session_id", id);
            }
            case "get_info" -> Map.of("type", "get_info", "model_id", request.path("model_id").asString(""), "is_lora", true,
                    "lora_rank", 32, "model_data", Map.of("model_name", BASE, "arch", "toy"));
            case "create_model" -> create(request, new Start(base(request), null, null), "create_model");
            case "load_weights" -> load(request);
            case "optim_step" -> once(request, model -> {
                var adam = request.path("adam_params");
                model.session().step(new Call.Rate(adam.path("learning_rate").doubleValue(), adam.path("beta1").doubleValue(),
                        adam.path("beta2").doubleValue(), adam.path("eps").doubleValue(), adam.path("weight_decay").doubleValue()));
                return Map.of();
            });
            case "save_weights" -> once(request, model -> Map.of("type", "save_weights", "path", save(request, model, "weights")));
            case "save_weights_for_sampler" -> once(request, model -> savedForSampler(request, model));
            case "create_sampling_session" -> Map.of("type", "create_sampling_session", "sampling_session_id", sampler(request));
            case "asample" -> sample(request);
            case "retrieve_future" -> retrieve(request, exchange);
            default -> throw RefusedException.unfit("this stand-in does not do " + verb);
        };
    }

    private static String base(JsonNode request) {
        if (!request.path("base_model").asString("").equals(BASE)) {
            throw RefusedException.unfit("there is no model " + request.path("base_model"));
        }
        return Toy.BASE;
    }

    private ObjectNode future(Object result) {
        var id = "request-" + numbers.incrementAndGet();
        futures.put(id, new Future(result, new AtomicInteger()));
        return JSON.createObjectNode().put("request_id", id);
    }

    private ObjectNode create(JsonNode request, Start start, String type) throws IOException {
        var id = session(request) + ":train:" + request.path("model_seq_id").intValue();
        models.put(id, new Model(toy.begin(start), new HashMap<>()));
        return future(Map.of("type", type, "model_id", id));
    }

    private String session(JsonNode request) {
        var session = request.path("session_id").asString("");
        if (!sessions.contains(session)) {
            throw RefusedException.unfit("there is no session " + session);
        }
        return session;
    }

    private ObjectNode load(JsonNode request) throws IOException {
        var path = request.path("path").asString("");
        var at = saved.get(path);
        if (at == null || !path.contains("/weights/")) {
            throw RefusedException.unfit("no training goes on from " + path);
        }
        var optimizer = request.path("optimizer").booleanValue();
        var start = new Start(Toy.BASE, optimizer ? null : at.resolve("weights"), optimizer ? at.resolve("state") : null);
        return create(request, start, "load_weights");
    }

    private interface Work {
        Object on(Model model) throws IOException;
    }

    /** By its number: what was done already is only told again. */
    private ObjectNode once(JsonNode request, Work work) throws IOException {
        return once(request.path("model_id").asString(""), request.path("seq_id").intValue(), work);
    }

    private ObjectNode once(String name, int number, Work work) throws IOException {
        var model = models.get(name);
        if (model == null || number < 1) {
            throw RefusedException.unfit("there is no model " + name + ", or no request " + number + " of it");
        }
        var before = model.done().get(number);
        if (before != null) {
            return JSON.createObjectNode().put("request_id", before);
        }
        Object result;
        try {
            result = work.on(model);
        } catch (RefusedException e) {
            result = Map.of("error", e.detail(), "category", "user");
        }
        var future = future(result);
        model.done().put(number, future.path("request_id").asString(""));
        return future;
    }

    private String save(JsonNode request, Model model, String kind) throws IOException {
        var name = request.path("path").isString() ? request.path("path").stringValue() : "ephemeral-" + numbers.incrementAndGet();
        var path = "tinker://" + request.path("model_id").asString("") + "/" + kind + "/" + name;
        var at = Files.createDirectories(folder.resolve(String.valueOf(numbers.incrementAndGet())));
        model.session().save(at.resolve("weights"), at.resolve("state"));
        saved.put(path, at);
        return path;
    }

    private Map<String, Object> savedForSampler(JsonNode request, Model model) throws IOException {
        var path = save(request, model, "sampler_weights");
        return request.path("path").isString()
                ? Map.of("type", "save_weights_for_sampler", "path", path)
                : Map.of("type", "save_weights_for_sampler", "sampling_session_id", sampler(path));
    }

    private String sampler(JsonNode request) throws IOException {
        session(request);
        if (request.path("model_path").isString()) {
            return sampler(request.path("model_path").stringValue());
        }
        return keep(toy.sampler(base(request), null));
    }

    private String sampler(String path) throws IOException {
        var at = saved.get(path);
        if (at == null || !path.contains("/sampler_weights/")) {
            throw RefusedException.unfit("nothing is sampled from " + path);
        }
        return keep(toy.sampler(Toy.BASE, at.resolve("weights")));
    }

    private String keep(Sampler sampler) {
        var id = "sampling-" + numbers.incrementAndGet();
        samplers.put(id, sampler);
        return id;
    }

    private ObjectNode sample(JsonNode request) {
        var params = request.path("sampling_params");
        var prompt = new ArrayList<Integer>();
        request.at("/prompt/chunks").forEach(chunk -> chunk.path("tokens").forEach(token -> prompt.add(token.intValue())));
        var stop = params.path("stop");
        var how = new Sampler.Sampling(
                params.path("max_tokens").asInt(1024), params.path("temperature").asDouble(1),
                params.path("seed").isIntegralNumber() ? (Long) params.path("seed").longValue() : null,
                stop.isString() ? List.of(stop.stringValue()) : stop.valueStream().map(JsonNode::stringValue).toList(),
                request.path("topk_sample_logprobs").asInt(0));
        var sampler = samplers.get(request.path("sampling_session_id").asString(""));
        var sampled = sampler.sample(prompt.stream().mapToInt(id -> id).toArray(), how);
        var future = future(ToldInProto.response(sampled, how.alternatives()));
        future.putArray("sample_sequence_ids").add("sequence-" + numbers.incrementAndGet());
        return future;
    }

    private Object retrieve(JsonNode request, HttpExchange exchange) {
        var id = request.path("request_id").asString("");
        var future = futures.get(id);
        if (future == null) {
            throw RefusedException.unfit("nobody asked for " + id);
        }
        if (future.asked().getAndIncrement() == 0) {
            return Map.of("type", "try_again", "request_id", id, "queue_state", "active");
        }
        if (future.result() instanceof byte[] && !PROTO.equals(exchange.getRequestHeaders().getFirst("Accept"))) {
            throw RefusedException.unfit("this is told in Protocol Buffers alone");
        }
        return future.result();
    }

    private Object forwardBackward(byte[] body) throws IOException {
        var request = SentToLearn.read(body);
        if (!request.loss().equals("cross_entropy")) {
            throw RefusedException.unfit("loss_fn: this stand-in has cross_entropy alone");
        }
        return once(request.model(), request.sequence(), model -> {
            var left = request.data().iterator();
            List<double[]> logprobs = new ArrayList<>();
            if (request.forwardOnly()) {
                model.session().forward(
                        () -> left.hasNext() ? left.next().datum() : null, (datum, reading) -> logprobs.add(reading.logprobs().clone()));
            } else {
                var weights = request.data().iterator();
                model.session().accumulate(() -> left.hasNext() ? left.next().datum() : null, (datum, reading) -> {
                    logprobs.add(reading.logprobs().clone());
                    return weights.next().weights();
                });
            }
            return ToldInProto.output(logprobs);
        });
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
