// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where and with how much a task wants to run. What is absent is left to whoever runs it.
 *
 * @param network {@code none}, {@code outbound}, or a list of hosts, as {@link #networkHosts} reads it; like {@code remote} of this platform's
 *     own, and in no taskset
 * @param remote {@code tcp://host:port} of an environment that somebody else serves
 * @param runtime which of those that run images is to run this one; without one, whether what was deployed runs as the image that it was built
 *     to ({@code docker}), or from its context ({@code process}); of this platform's own, too
 * @param shared how many runs of one job may be in one sandbox at a time, at least 2; of this platform's own, too; null: each has its own
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RuntimeConfig(
        @Nullable String image,
        @Nullable JsonNode compose,
        @Nullable Resources resources,
        @Nullable Limits limits,
        @Nullable JsonNode network,
        @Nullable String remote,
        @Nullable String runtime,
        @Nullable Integer shared) {

    private static final String PROCESS = "process";

    public static final RuntimeConfig NONE = new RuntimeConfig(null, null, null, null, null, null, null, null);

    public RuntimeConfig {
        compose = given(compose);
        network = given(network);
    }

    /** Whether it asks to reach anything at all. */
    public boolean asksForNetwork() {
        return network != null && !network.asString("").equals("none");
    }

    /** The only hosts that it wants to reach, by name, or all below one as {@code *.example.org}; empty: it lists none. */
    public List<String> networkHosts() {
        return network == null || !network.isArray()
                ? List.of()
                : network.valueStream().map(host -> host.asString().toLowerCase(Locale.ROOT)).distinct().sorted().toList();
    }

    /**
     * What a sandbox may use.
     *
     * @param cpu processors, or parts of one
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Resources(
            @Nullable Double cpu,
            @Nullable Long memoryMb,
            @Nullable Long storageMb,
            @Nullable Gpu gpu,
            @Nullable String os,
            @Nullable JsonNode tpu) {

        public Resources {
            tpu = given(tpu);
        }
    }

    /**
     * @param type one name or several to choose from; null: any
     * @param count null: one
     */
    public record Gpu(@Nullable JsonNode type, @Nullable Long count) {

        public Gpu {
            type = given(type);
        }
    }

    /** How long a sandbox may take to start, and a run in all. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Limits(@Nullable Long startupTimeoutS, @Nullable Long runTimeoutS) {}

    /**
     * A row's config over the environment's default, member by member of the top level: a member that is there and null takes the
     * default's away. Image, Compose project and remote address exclude each other, and a row that asks for {@code process} runs none of them.
     */
    public static @Nullable JsonNode merged(@Nullable JsonNode environments, @Nullable JsonNode rows) {
        if (!(rows instanceof ObjectNode row) || row.isEmpty()) {
            return environments;
        }
        if (!(environments instanceof ObjectNode base)) {
            return row;
        }
        var merged = base.deepCopy();
        var places = List.of("image", "compose", "remote");
        if (row.path("runtime").asString("").equals(PROCESS)) {
            merged.remove(places);
        }
        if (places.stream().anyMatch(row::hasNonNull)) {
            merged.remove(places);
            if (!row.hasNonNull("image") || base.path("runtime").asString("").equals(PROCESS)) {
                merged.remove("runtime"); // which is about other images, or about none
            }
            if (row.hasNonNull("remote")) {
                merged.remove("shared"); // which is about sandboxes
            }
        }
        return merged.setAll(row);
    }

    /**
     * @param config null, also JSON's: all is left open
     * @throws IllegalArgumentException if it is none; the message says where, each fault on a line of its own
     */
    public static RuntimeConfig read(@Nullable JsonNode config) {
        if (config == null || config.isNull()) {
            return NONE;
        }
        var faults = RuntimeConfigShape.faultsOfRun(config);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", faults));
        }
        return Json.MAPPER.treeToValue(config, RuntimeConfig.class);
    }

    public @Nullable Double cpu() {
        return resources == null ? null : resources.cpu();
    }

    public @Nullable Long memoryMb() {
        return resources == null ? null : resources.memoryMb();
    }

    public @Nullable Long storageMb() {
        return resources == null ? null : resources.storageMb();
    }

    /** How many processors for graphics; 0: none are asked for. */
    public int gpus() {
        if (resources == null || resources.gpu() == null) {
            return 0;
        }
        var count = resources.gpu().count();
        return count == null ? 1 : (int) Math.min(count, Integer.MAX_VALUE);
    }

    /** Whether it says itself what is to be run; otherwise that is what was deployed. */
    public boolean namesWhatToRun() {
        return image != null || compose != null || remote != null;
    }

    /** Whether what was deployed is to run from its context, also where it was built to an image. */
    public boolean asksForProcess() {
        return PROCESS.equals(runtime);
    }

    /**
     * The kind of runtime that it is for: the one that it names, or by what there is to be run, or else the one for deployed contexts.
     * {@code docker} is for whatever runs images.
     */
    @Override
    public String runtime() {
        if (runtime != null) {
            return runtime;
        }
        if (image != null) {
            return "docker";
        }
        if (compose != null) {
            return "compose";
        }
        return remote != null ? "remote" : PROCESS;
    }

    /** Which kinds would do; empty: any, or none at all are asked for. */
    public List<String> gpuTypes() {
        var type = resources == null || resources.gpu() == null ? null : resources.gpu().type();
        if (type == null) {
            return List.of();
        }
        return type.isArray() ? type.valueStream().map(JsonNode::asString).toList() : List.of(type.asString());
    }

    /** What is asked for of resources that only some machines have: {@code resources.gpu}, {@code resources.tpu}, {@code resources.os}. */
    public List<String> specialResources() {
        List<String> asked = new ArrayList<>();
        if (gpus() > 0) {
            asked.add("resources.gpu");
        }
        if (resources != null && resources.tpu() != null) {
            asked.add("resources.tpu");
        }
        if (resources != null && resources.os() != null) {
            asked.add("resources.os");
        }
        return asked;
    }

    private static @Nullable JsonNode given(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node;
    }
}
