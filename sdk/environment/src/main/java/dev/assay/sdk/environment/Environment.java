// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.environment.workspace.Workspace;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ServedEnvironment;
import dev.assay.sdk.protocol.TaskTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An environment, declared in Java.
 *
 * <pre>{@code
 * record CountLetter(String word, String letter) {}
 *
 * void main(String[] args) throws Exception {
 *     Environment.named("letter-count")
 *             .template("count_letter", CountLetter.class, (task, agent) -> {
 *                 var answer = agent.ask("How many '%s' are in '%s'?".formatted(task.letter(), task.word()));
 *                 return Compare.exactMatch(answer.text(), count(task));
 *             })
 *             .serve(args);
 * }
 * }</pre>
 */
public final class Environment {

    private static final Logger log = LoggerFactory.getLogger(Environment.class);

    private final String name;
    private String version = "0.0.1";
    private final Map<String, DeclaredTemplate<?, ?>> templates = new LinkedHashMap<>();
    private final Map<String, Capability> capabilities = new LinkedHashMap<>();
    private final List<Workspace> workspaces = new ArrayList<>();
    private final List<Hook> initializeHooks = new ArrayList<>();
    private final List<Hook> shutdownHooks = new ArrayList<>();
    private final List<TaskHook> taskStartHooks = new ArrayList<>();
    private final List<Consumer<String>> taskEndHooks = new ArrayList<>();

    private Environment(String name) {
        this.name = name;
    }

    /** Code that runs once in the life of a served environment. */
    @FunctionalInterface
    public interface Hook {
        void run() throws Exception;
    }

    /** Code that runs for each task. */
    @FunctionalInterface
    public interface TaskHook {
        /** @param session the session that the task belongs to, as {@link Agent#session} tells it */
        void run(String session) throws Exception;
    }

    public static Environment named(String name) {
        return new Environment(name);
    }

    public Environment version(String text) {
        version = text;
        return this;
    }

    /** A template without arguments; the answer comes as the client sent it. */
    public Environment template(String id, Template<NoArguments, JsonNode> body) {
        return template(id, NoArguments.class, body);
    }

    /**
     * A template whose arguments are the components of a record: {@link org.jspecify.annotations.Nullable} ones and those with a
     * {@link Default} need not be given. A tree or a map takes any arguments.
     */
    public <A> Environment template(String id, Class<A> arguments, Template<A, JsonNode> body) {
        return template(id, arguments, JsonNode.class, body);
    }

    /** The same, with a declared type of answer. */
    public <A, T> Environment template(String id, Class<A> arguments, Class<T> returns, Template<A, T> body) {
        if (templates.putIfAbsent(id, new DeclaredTemplate<>(id, "", arguments, returns, body)) != null) {
            throw new IllegalArgumentException("there is a template '" + id + "' already");
        }
        return this;
    }

    /** What clients are told of a template that is declared already. */
    public Environment describe(String id, String text) {
        if (templates.computeIfPresent(id, (_, template) -> template.described(text)) == null) {
            throw new IllegalArgumentException("there is no template '" + id + "'");
        }
        return this;
    }

    /** Publishes a capability, also from a hook. One with the same name is replaced and moves to the end. */
    public Environment capability(Capability capability) {
        synchronized (capabilities) {
            capabilities.remove(capability.name());
            capabilities.put(capability.name(), capability);
        }
        return this;
    }

    /** Gives agents a folder to work in; it is there from before the first hook until after the last one. */
    public Environment workspace(Workspace workspace) {
        workspaces.add(workspace);
        return this;
    }

    /** Before the port opens, in the order of declaration. One that fails prevents it. */
    public Environment onInitialize(Hook hook) {
        initializeHooks.add(hook);
        return this;
    }

    /** When serving ends, in the reverse order; each runs whatever the others do. */
    public Environment onShutdown(Hook hook) {
        shutdownHooks.add(hook);
        return this;
    }

    /** Before each task's template, in the order of declaration and on its thread. One that fails fails the task's start. */
    public Environment onTaskStart(TaskHook hook) {
        taskStartHooks.add(hook);
        return this;
    }

    /** After each task, however it ends, with the session it belonged to. */
    public Environment onTaskEnd(Consumer<String> hook) {
        taskEndHooks.add(hook);
        return this;
    }

    /** Starts serving and returns at once; closing the result ends it. Port 0 takes any free one. */
    public Serving bind(String host, int port) throws Exception {
        var opened = new ArrayList<Workspace>();
        try {
            for (var workspace : workspaces) {
                if (opened.stream().anyMatch(other -> other.name().equals(workspace.name()))) {
                    throw new IllegalStateException("two workspaces are called '" + workspace.name() + "'");
                }
                capability(workspace.open());
                opened.add(workspace);
            }
            for (var hook : initializeHooks) {
                hook.run();
            }
            return Serving.on(new Declaration(), host, port, this::shutDown);
        } catch (Exception failed) {
            opened.forEach(Workspace::close);
            throw failed;
        }
    }

    /**
     * The main method of an environment: serves until the process is told to end. Understands {@code --host} and {@code --port},
     * announces the port on standard output, runs the shutdown hooks on SIGTERM.
     */
    public void serve(String... args) throws Exception {
        Serving.untilTerminated(this, args);
    }

    private void shutDown() {
        shutdownHooks.reversed().forEach(hook -> {
            try {
                hook.run();
            } catch (Exception failed) {
                log.warn("a shutdown hook failed", failed);
            }
        });
        workspaces.forEach(Workspace::close);
    }

    private void taskStarts(String session) throws Exception {
        for (var hook : taskStartHooks) {
            hook.run(session);
        }
    }

    private void taskEnded(String session) {
        taskEndHooks.forEach(hook -> {
            try {
                hook.accept(session);
            } catch (RuntimeException failed) {
                log.warn("a task's end hook failed", failed);
            }
        });
    }

    /** The arguments of a template that takes none. */
    public record NoArguments() {}

    /** What the control channel sees. */
    private final class Declaration implements ServedEnvironment {

        private final List<TaskTemplate> listed = templates.values().stream().map(DeclaredTemplate::listed).toList();

        @Override
        public String name() {
            return name;
        }

        @Override
        public String version() {
            return version;
        }

        @Override
        public List<Capability> capabilities() {
            synchronized (capabilities) {
                return List.copyOf(capabilities.values());
            }
        }

        @Override
        public List<TaskTemplate> tasks() {
            return listed;
        }

        @Override
        public RunningTask<?, ?> open(String session, String template, ObjectNode args) {
            return templates.get(template).open(session, args, () -> taskStarts(session), () -> taskEnded(session));
        }
    }
}
