// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import dev.assay.environment.EnvironmentService;
import dev.assay.gateway.GatewayService;
import dev.assay.grading.GradingService;
import dev.assay.job.JobService;
import dev.assay.kit.ServiceStart;
import dev.assay.kit.identity.MakeKeys;
import dev.assay.kit.kafka.KafkaRights;
import dev.assay.trace.TraceService;
import dev.assay.trainer.Trainer;
import dev.assay.training.TrainingService;
import dev.assay.worker.Worker;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts everything. The services do not know that they share a JVM: each gets its own port, its own schema and the others' addresses,
 * as it would on a machine of its own.
 */
public final class Standalone {

    private static final Logger log = LoggerFactory.getLogger(Standalone.class);

    private final Settings settings;
    private final Launch launch;
    private final MakeKeys keys;
    private final List<AutoCloseable> running = new ArrayList<>();

    Standalone(Settings settings, Launch launch) {
        this.settings = settings;
        this.launch = launch;
        this.keys = new MakeKeys(settings.keys(), Clock.systemUTC());
    }

    /** One service of the house. The order is the distance of its port from the gateway's. */
    record Room(Class<?> application, String name) {}

    /** How a service comes to run; it is up once this returns. Here in this JVM; the acceptance tests can give each a process. */
    interface Launch {

        /** @param arguments {@code --key=value}, all that the service needs to be told, {@code --server.port} among it */
        AutoCloseable launch(Room room, List<String> arguments) throws IOException;
    }

    private static final Room GATEWAY = new Room(GatewayService.class, "gateway-service");
    private static final List<Room> SERVICES = List.of(
            new Room(EnvironmentService.class, "environment-service"),
            new Room(JobService.class, "job-service"),
            new Room(GradingService.class, "grading-service"),
            new Room(TraceService.class, "trace-service"),
            new Room(TrainingService.class, "training-service"));
    private static final Room WORKER = new Room(Worker.class, "worker");
    private static final Room TRAINER = new Room(Trainer.class, "trainer");

    public static void main(String[] arguments) {
        run((room, known) -> ServiceStart.run(room.application(), room.name(), known.toArray(String[]::new)));
    }

    static void run(Launch launch) {
        ServiceStart.forgetThePlace();
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        Settings settings;
        try {
            settings = Settings.from(System.getenv());
        } catch (IllegalArgumentException e) {
            log.error("the platform does not start: {}", e.getMessage());
            System.exit(1);
            return;
        }
        var platform = new Standalone(settings, launch);
        Runtime.getRuntime().addShutdownHook(new Thread(platform::stop, "shutdown"));
        try {
            platform.start();
        } catch (Throwable e) {
            // half a platform helps nobody, and threads of the half that runs would keep the process alive
            log.error("the platform could not start", e);
            System.exit(1);
        }
    }

    private void start() throws Exception {
        var begun = System.nanoTime();
        try (var two = Executors.newFixedThreadPool(2)) {
            var postgres = two.submit(() -> keep(Postgres.start(settings)));
            var kafka = two.submit(() -> keep(Kafka.start(settings)));
            var database = List.of(
                    "--assay.database.url=" + postgres.get().url(),
                    "--assay.database.user=" + Postgres.USER,
                    "--assay.database.password=" + postgres.get().password());
            var broker = kafka.get();
            log.info("Postgres and Kafka are up");
            var starts = new ArrayList<Future<?>>();
            for (var i = 0; i < SERVICES.size(); i++) {
                var known = new ArrayList<>(database);
                if (KafkaRights.SERVICES.contains(SERVICES.get(i).name())) {
                    known.add("--assay.kafka=" + broker.bootstrapServers());
                    known.add("--assay.kafka-password=" + broker.passwordOf(SERVICES.get(i).name()));
                }
                starts.add(two.submit(startRoom(SERVICES.get(i), settings.port() + 1 + i, "127.0.0.1", known)));
            }
            keys.makeSure(WORKER.name()); // also for workers that are started beside this process
            if (settings.worker()) {
                // it asks the services: neither the database nor the broker is any of its business
                var walls = List.of("--assay.worker.isolation=" + settings.isolation());
                starts.add(two.submit(startRoom(WORKER, settings.port() + 1 + SERVICES.size(), "127.0.0.1", walls)));
            }
            keys.makeSure(TRAINER.name());
            if (settings.trainer()) {
                starts.add(two.submit(startRoom(TRAINER, settings.trainerPort(), "127.0.0.1", List.of())));
            }
            for (var room : starts) {
                room.get();
            }
            // the door opens last: whoever finds it open finds everything behind it
            startRoom(GATEWAY, settings.port(), settings.address(), database).call();
        }
        log.info("Assay is up at http://127.0.0.1:{} after {} ms", settings.port(), (System.nanoTime() - begun) / 1_000_000);
    }

    private Callable<AutoCloseable> startRoom(Room room, int port, String address, List<String> known)
            throws IOException {
        var arguments = new ArrayList<>(known);
        // each is told of its own keys only, as it would be on a machine of its own
        arguments.add("--assay.keys.own=" + keys.makeSure(room.name()));
        arguments.add("--assay.keys.public=" + settings.keys().resolve(MakeKeys.PUBLIC));
        if (room.application() == EnvironmentService.class) {
            arguments.add("--assay.keys.sealing=" + keys.makeSure(MakeKeys.SEALING));
        }
        if (room.application() == JobService.class) {
            arguments.add("--assay.keys.sealing=" + keys.makeSure(MakeKeys.JOB_SEALING));
        }
        if (room.application() == JobService.class && System.getenv("ASSAY_WORKERS_ADMINISTRATORS") == null) {
            // one machine, one household
            arguments.add("--assay.workers.administrators=true");
        }
        if (room == GATEWAY) {
            arguments.add("--assay.keys.sealing=" + keys.makeSure(MakeKeys.GATEWAY_SEALING));
            if (settings.trainer()) {
                arguments.add("--assay.trainer-url=http://127.0.0.1:" + settings.trainerPort());
            }
        }
        arguments.add("--server.port=" + port);
        arguments.add("--server.address=" + address);
        arguments.add("--assay.data=" + settings.data());
        // contexts are closed here, in order, before Postgres and Kafka
        arguments.add("--spring.main.register-shutdown-hook=false");
        arguments.add("--assay.gateway-url=http://127.0.0.1:" + settings.port());
        for (var i = 0; i < SERVICES.size(); i++) {
            var key = SERVICES.get(i).name().replace("-service", "-url");
            arguments.add("--assay." + key + "=http://127.0.0.1:" + (settings.port() + 1 + i));
        }
        return () -> {
            var running = keep(launch.launch(room, arguments));
            log.info("{} is up on port {}", room.name(), port);
            return running;
        };
    }

    private <T extends AutoCloseable> T keep(T part) {
        synchronized (running) {
            running.add(part);
        }
        return part;
    }

    private void stop() {
        List<AutoCloseable> parts;
        synchronized (running) {
            parts = running.reversed().stream().toList();
        }
        for (var part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                log.warn("{} did not stop cleanly: {}", part.getClass().getSimpleName(), e.toString());
            }
        }
    }
}
