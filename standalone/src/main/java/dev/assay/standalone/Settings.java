// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the platform listens and keeps its data.
 *
 * @param port the gateway's, the only public one; the services, Postgres and Kafka follow it at fixed distances, on the loopback address
 * @param address what the gateway binds
 * @param data the folder that survives restarts
 * @param worker whether a worker runs here too
 * @param trainer whether a trainer runs here too
 * @param isolation what the worker here demands: {@code required} walls, or none ({@code off})
 */
record Settings(int port, String address, Path data, boolean worker, boolean trainer, String isolation) {

    static Settings from(Map<String, String> environment) {
        var settings = new Settings(
                Integer.parseInt(environment.getOrDefault("ASSAY_PORT", "7300")),
                environment.getOrDefault("ASSAY_ADDRESS", "127.0.0.1"),
                Path.of(environment.getOrDefault("ASSAY_DATA", ".assay")).toAbsolutePath().normalize(),
                Boolean.parseBoolean(environment.getOrDefault("ASSAY_STANDALONE_WORKER", "true")),
                Boolean.parseBoolean(environment.getOrDefault("ASSAY_STANDALONE_TRAINER", "true")),
                environment.getOrDefault("ASSAY_ISOLATION", "required").toLowerCase(Locale.ROOT));
        if (!List.of("required", "off").contains(settings.isolation)) {
            throw new IllegalArgumentException("ASSAY_ISOLATION is 'required' or 'off', not '" + settings.isolation + "'");
        }
        if (settings.worker && settings.isolation.equals("off") && !settings.isOnLoopback()) {
            throw new IllegalArgumentException(
                    "ASSAY_ADDRESS=%s lets others in, but with ASSAY_ISOLATION=off their environments would see this machine as its owner"
                            .formatted(settings.address)
                            + " does. Leave one of the two out, or run no worker here (ASSAY_STANDALONE_WORKER=false).");
        }
        return settings;
    }

    private boolean isOnLoopback() {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("ASSAY_ADDRESS=" + address + " is no address of this machine", e);
        }
    }

    /** Where the services' keys are made at the first start. */
    Path keys() {
        return data.resolve("keys");
    }

    int trainerPort() {
        return port + 7;
    }

    int postgresPort() {
        return port + 10;
    }

    int kafkaPort() {
        return port + 11;
    }

    int kafkaControllerPort() {
        return port + 12;
    }
}
