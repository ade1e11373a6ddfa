// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.kafka;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a broker knows who speaks: each service has a user of its own, by its own name, with a password. Passwords go over the line as they
 * are, so the line is the loopback address or a network of the platform's own; elsewhere an operator puts TLS around it.
 */
public final class KafkaLogin {

    /** The broker's own user, who may do anything. No service knows its password. */
    public static final String OPERATOR = "operator";

    /** The broker's listener for clients. */
    public static final String LISTENER = "INSIDE";

    private KafkaLogin() {}

    /** What a client of the broker needs in order to come in. */
    public static Map<String, Object> client(String bootstrapServers, String user, String password) {
        return Map.of(
                "bootstrap.servers", bootstrapServers,
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", login(user, password) + ";");
    }

    /**
     * What a broker that is its own controller needs in order to ask everybody who comes, and to refuse what nobody allowed.
     *
     * @param passwords of {@link #OPERATOR} and of every service
     */
    public static Map<String, Object> broker(Map<String, String> passwords) {
        var users = new LinkedHashMap<String, Object>();
        users.put("listener.security.protocol.map", LISTENER + ":SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT");
        users.put("inter.broker.listener.name", LISTENER);
        users.put("controller.listener.names", "CONTROLLER");
        users.put("sasl.enabled.mechanisms", "PLAIN");
        users.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        users.put("sasl.mechanism.controller.protocol", "PLAIN");
        users.put("listener.name." + LISTENER.toLowerCase(Locale.ROOT) + ".plain.sasl.jaas.config", known(passwords));
        users.put("listener.name.controller.plain.sasl.jaas.config", known(Map.of(OPERATOR, passwords.get(OPERATOR))));
        users.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        users.put("super.users", "User:" + OPERATOR);
        users.put("allow.everyone.if.no.acl.found", "false");
        // a topic is its owner's to make
        users.put("auto.create.topics.enable", "false");
        return users;
    }

    private static String known(Map<String, String> passwords) {
        return passwords.entrySet().stream()
                .map(user -> "user_%s=\"%s\"".formatted(user.getKey(), user.getValue()))
                .collect(Collectors.joining(" ", login(OPERATOR, passwords.get(OPERATOR)) + " ", ";"));
    }

    private static String login(String user, String password) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"".formatted(user, password);
    }
}
