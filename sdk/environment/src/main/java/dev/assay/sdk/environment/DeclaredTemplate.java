// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import dev.assay.sdk.protocol.TaskTemplate;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A template as it was declared, with what is known of its arguments and its answer. */
record DeclaredTemplate<A, T>(String id, String description, Class<A> arguments, Class<T> returns, Template<A, T> body) {

    TaskTemplate listed() {
        var answer = returns == JsonNode.class ? null : Schema.ofType(returns);
        return new TaskTemplate(id, description, Schema.ofArguments(arguments), null, answer);
    }

    DeclaredTemplate<A, T> described(String text) {
        return new DeclaredTemplate<>(id, text, arguments, returns, body);
    }

    RunningTask<A, T> open(String session, ObjectNode args, Environment.Hook atStart, Runnable atEnd) {
        return new RunningTask<>(this, bind(args), session, atStart, atEnd);
    }

    /** @throws IllegalArgumentException if a name is missing or unknown, or a value is not what it should be */
    A bind(ObjectNode args) {
        try {
            return arguments.isRecord() ? record(args) : Json.MAPPER.treeToValue(args, arguments);
        } catch (InvocationTargetException refused) {
            throw badArgs(args, refused.getCause());
        } catch (IllegalArgumentException | ReflectiveOperationException | JacksonException wrong) {
            throw badArgs(args, wrong);
        }
    }

    private A record(ObjectNode args) throws ReflectiveOperationException {
        var known = Argument.of(arguments);
        refuseUnknown(known, args);
        var types = known.stream().map(Argument::rawType).toArray(Class<?>[]::new);
        var values = known.stream().map(argument -> value(argument, args)).toArray();
        var constructor = arguments.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    private IllegalArgumentException badArgs(ObjectNode args, Throwable reason) {
        var names = PythonText.repr(new TreeSet<>(args.propertyNames()));
        return new IllegalArgumentException("task %s: bad args %s: %s".formatted(PythonText.repr(id), names, reason.getMessage()), reason);
    }

    private static void refuseUnknown(List<Argument> known, ObjectNode args) {
        for (var name : args.propertyNames()) {
            if (known.stream().noneMatch(argument -> argument.name().equals(name))) {
                throw new IllegalArgumentException("got an unexpected keyword argument " + PythonText.repr(name));
            }
        }
    }

    private static @Nullable Object value(Argument argument, ObjectNode args) {
        var given = args.has(argument.name()) ? args.get(argument.name()) : argument.fallback();
        var name = PythonText.repr(argument.name());
        if (given == null) {
            throw new IllegalArgumentException("missing a required argument: " + name);
        }
        if (given.isNull()) {
            if (argument.nullable()) {
                return null;
            }
            throw new IllegalArgumentException(name + " must not be null");
        }
        try {
            return Coercion.coerce(given, argument.type());
        } catch (JacksonException refused) {
            throw new IllegalArgumentException("%s does not fit %s".formatted(PythonText.repr(given), name), refused);
        }
    }
}
