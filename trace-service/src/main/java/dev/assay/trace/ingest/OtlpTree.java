// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import com.google.protobuf.ByteString;
import dev.assay.sdk.protocol.Json;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A span's JSON as the message that it stands for. OTLP's mapping is protobuf's, but ids are hex, and enums are numbers.
 * Unknown members are left alone; what is null is not there.
 */
final class OtlpTree {

    private static final BigInteger MOST = BigInteger.ONE.shiftLeft(Long.SIZE);

    private OtlpTree() {}

    static Span span(JsonNode tree) throws LeftOutException {
        var span = Span.newBuilder()
                .setTraceId(id("", tree, "traceId"))
                .setSpanId(id("", tree, "spanId"))
                .setParentSpanId(id("", tree, "parentSpanId"))
                .setTraceState(text("", tree, "traceState"))
                .setName(text("", tree, "name"))
                .setKindValue(number("", tree, "kind"))
                .setStartTimeUnixNano(time("", tree, "startTimeUnixNano"))
                .setEndTimeUnixNano(time("", tree, "endTimeUnixNano"))
                .setDroppedAttributesCount(number("", tree, "droppedAttributesCount"))
                .addAllAttributes(attributes("", tree));
        for (var event : elements("", tree, "events")) {
            span.addEvents(Span.Event.newBuilder()
                    .setTimeUnixNano(time(event.at(), event.tree(), "timeUnixNano"))
                    .setName(text(event.at(), event.tree(), "name"))
                    .addAllAttributes(attributes(event.at(), event.tree())));
        }
        for (var link : elements("", tree, "links")) {
            span.addLinks(Span.Link.newBuilder()
                    .setTraceId(id(link.at(), link.tree(), "traceId"))
                    .setSpanId(id(link.at(), link.tree(), "spanId"))
                    .addAllAttributes(attributes(link.at(), link.tree())));
        }
        if (tree.path("status").isObject()) {
            span.setStatus(Status.newBuilder()
                    .setMessage(text(".status", tree.path("status"), "message"))
                    .setCodeValue(number(".status", tree.path("status"), "code")));
        }
        return span.build();
    }

    /** @param at where in the span the object stands, empty or beginning with a point */
    static List<KeyValue> attributes(String at, JsonNode object) throws LeftOutException {
        return pairs(at, object, "attributes", 1);
    }

    private static List<KeyValue> pairs(String at, JsonNode object, String name, int depth) throws LeftOutException {
        var pairs = new ArrayList<KeyValue>();
        for (var pair : elements(at, object, name)) {
            var value = pair.tree().path("value");
            var read = KeyValue.newBuilder().setKey(text(pair.at(), pair.tree(), "key"));
            if (isThere(value)) {
                read.setValue(value(pair.at() + ".value", value, depth));
            }
            pairs.add(read.build());
        }
        return pairs;
    }

    private static AnyValue value(String at, JsonNode value, int depth) throws LeftOutException {
        if (depth > OtlpForm.DEEPEST) {
            throw new LeftOutException("has values nested deeper than " + OtlpForm.DEEPEST + " levels");
        }
        required(value.isObject(), at, "", "an object");
        var read = AnyValue.newBuilder();
        for (var member : value.properties()) {
            var name = member.getKey();
            var said = member.getValue();
            switch (isThere(said) ? name : "") {
                case "stringValue" -> read.setStringValue(text(at, value, name));
                case "boolValue" -> {
                    required(said.isBoolean(), at, name, "true or false");
                    read.setBoolValue(said.booleanValue());
                }
                case "intValue" -> read.setIntValue(integer(at, value, name));
                case "doubleValue" -> read.setDoubleValue(real(at, said));
                case "bytesValue" -> read.setBytesValue(bytes(at, said));
                case "arrayValue" -> {
                    read.getArrayValueBuilder();
                    for (var element : elements(at + ".arrayValue", said, "values")) {
                        read.getArrayValueBuilder().addValues(value(element.at(), element.tree(), depth + 1));
                    }
                }
                case "kvlistValue" -> read.getKvlistValueBuilder().addAllValues(pairs(at + ".kvlistValue", said, "values", depth + 1));
                default -> {} // nothing, or of a later version
            }
        }
        return read.build();
    }

    static String text(String at, JsonNode object, String name) throws LeftOutException {
        var text = object.path(name);
        if (!isThere(text)) {
            return "";
        }
        required(text.isString(), at, name, "a string");
        return text.stringValue();
    }

    private static ByteString id(String at, JsonNode object, String name) throws LeftOutException {
        try {
            return ByteString.copyFrom(HexFormat.of().parseHex(text(at, object, name)));
        } catch (IllegalArgumentException e) {
            throw mustBe(at, name, "hex digits");
        }
    }

    private static ByteString bytes(String at, JsonNode text) throws LeftOutException {
        try {
            required(text.isString(), at, "bytesValue", "base64");
            return ByteString.copyFrom(Base64.getDecoder().decode(text.stringValue()));
        } catch (IllegalArgumentException e) {
            throw mustBe(at, "bytesValue", "base64");
        }
    }

    /** 64 bits without a sign. */
    private static long time(String at, JsonNode object, String name) throws LeftOutException {
        var number = whole(at, object, name);
        required(number.signum() >= 0 && number.compareTo(MOST) < 0, at, name, "nanoseconds since 1970");
        return number.longValue();
    }

    private static long integer(String at, JsonNode object, String name) throws LeftOutException {
        var number = whole(at, object, name);
        required(number.bitLength() < Long.SIZE, at, name, "a whole number of 64 bits");
        return number.longValue();
    }

    private static int number(String at, JsonNode object, String name) throws LeftOutException {
        var number = whole(at, object, name);
        required(number.signum() >= 0 && number.bitLength() < Integer.SIZE, at, name, "a whole number of 31 bits");
        return number.intValue();
    }

    /** As a number or, as protobuf writes those of 64 bits, a string of digits. */
    private static BigInteger whole(String at, JsonNode object, String name) throws LeftOutException {
        var number = object.path(name);
        try {
            if (!isThere(number)) {
                return BigInteger.ZERO;
            }
            required(number.isIntegralNumber() || number.isString() && number.stringValue().length() < 30, at, name, "a whole number");
            return number.isString() ? new BigInteger(number.stringValue()) : number.bigIntegerValue();
        } catch (NumberFormatException e) {
            throw mustBe(at, name, "a whole number");
        }
    }

    /** As a number, or in words where JSON has none. */
    private static double real(String at, JsonNode number) throws LeftOutException {
        try {
            required(number.isNumber() || number.isString() && number.stringValue().length() < 400, at, "doubleValue", "a number");
            return number.isString() ? Double.parseDouble(number.stringValue()) : Json.doubleOf(number);
        } catch (NumberFormatException e) {
            throw mustBe(at, "doubleValue", "a number");
        }
    }

    private record At(String at, JsonNode tree) {}

    private static List<At> elements(String at, JsonNode object, String name) throws LeftOutException {
        var array = object.path(name);
        var elements = new ArrayList<At>();
        if (isThere(array)) {
            required(array.isArray(), at, name, "an array");
            for (var element : array) {
                var here = at + "." + name + "[" + elements.size() + "]";
                required(element.isObject(), here, "", "an object");
                elements.add(new At(here, element));
            }
        }
        return elements;
    }

    private static boolean isThere(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    private static void required(boolean holds, String at, String name, String what) throws LeftOutException {
        if (!holds) {
            throw mustBe(at, name, what);
        }
    }

    private static LeftOutException mustBe(String at, String name, String what) {
        return new LeftOutException(at + (name.isEmpty() ? "" : "." + name), "must be " + what);
    }
}
