// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.signal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Tells a service's other replicas that something has come, and hears it from them: Postgres carries it, by LISTEN and NOTIFY on one
 * connection of its own, which costs an idle service no statement. What is told in a burst is told once, and outside the transactions that
 * it is about: a NOTIFY within them would make their commits wait for each other. It may get lost, so whoever waits looks again as well.
 */
final class OtherReplicas implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OtherReplicas.class);
    private static final Duration BURST = Duration.ofMillis(20);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String channel;
    private final String url;
    private final Properties login = new Properties();
    private final String self = UUID.randomUUID().toString();
    private final Map<String, Runnable> hearers = new ConcurrentHashMap<>();
    private final Set<String> toTell = ConcurrentHashMap.newKeySet();
    private @Nullable Thread thread;
    private volatile boolean open;

    OtherReplicas(String channel, String url, String user, String password) {
        this.channel = channel;
        this.url = url;
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("ApplicationName", "signals");
        login.setProperty("tcpKeepAlive", "true");
    }

    void hear(String work, Runnable hearer) {
        hearers.put(work, hearer);
    }

    void tell(String work) {
        toTell.add(work);
    }

    @Override
    public void start() {
        open = true;
        thread = Thread.ofVirtual().name("other-replicas").start(this::run);
    }

    private void run() {
        while (open) {
            try (var connection = DriverManager.getConnection(url, login)) {
                listen(connection);
            } catch (SQLException | RuntimeException e) { // also of words that are not ours
                if (open) {
                    LOG.warn("the other replicas are not heard for a moment: {}", e.toString());
                }
                pause();
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        var postgres = connection.unwrap(PGConnection.class);
        try (var statement = connection.createStatement()) {
            statement.execute("listen " + channel);
        }
        hearers.values().forEach(Runnable::run); // nobody knows what was told meanwhile
        while (open) {
            for (var told : postgres.getNotifications((int) BURST.toMillis())) {
                var parts = told.getParameter().split(" ", 2);
                if (!parts[0].equals(self) && hearers.get(parts[1]) instanceof Runnable hearer) {
                    hearer.run();
                }
            }
            for (var work : Set.copyOf(toTell)) {
                toTell.remove(work); // before it is told: what comes from now on is told again
                try (var notify = connection.prepareStatement("select pg_notify(?, ?)")) {
                    notify.setString(1, channel);
                    notify.setString(2, self + " " + work);
                    notify.execute();
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        open = false;
        var running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return open;
    }
}
