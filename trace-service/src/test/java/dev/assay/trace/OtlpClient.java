// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;

/** Speaks OTLP with the service, as the gateway passes it on. */
public final class OtlpClient {

    public static final String PROTOBUF = "application/x-protobuf";

    private static final long NOON = 1_767_268_800_000_000_000L;

    private final RestTestClient client;

    /** @param credential {@code Bearer …} */
    public OtlpClient(int port, String credential) {
        client = RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port + "/otlp/v1/traces")
                .defaultHeader(HttpHeaders.AUTHORIZATION, credential)
                .build();
    }

    public RestTestClient.ResponseSpec post(String type, @Nullable String coding, byte[] body) {
        var request = client.post().header(HttpHeaders.CONTENT_TYPE, type).header(HttpHeaders.ACCEPT, type);
        if (coding != null) {
            request.header(HttpHeaders.CONTENT_ENCODING, coding);
        }
        return request.body(body).exchange();
    }

    /** What is said to an export in protobuf. */
    public ExportTraceServiceResponse export(Span... spans) {
        return export(export(List.of(), spans));
    }

    public ExportTraceServiceResponse export(ExportTraceServiceRequest export) {
        var answer = post(PROTOBUF, null, export.toByteArray()).expectStatus().isOk();
        answer.expectHeader().contentType(PROTOBUF);
        try {
            var bytes = answer.returnResult(byte[].class).getResponseBody();
            return bytes == null ? ExportTraceServiceResponse.getDefaultInstance() : ExportTraceServiceResponse.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** What is said to an export in JSON. */
    public JsonNode export(String json) {
        var answer = post("application/json", null, json.getBytes(StandardCharsets.UTF_8)).expectStatus().isOk();
        answer.expectHeader().contentType("application/json");
        return answer.returnResult(JsonNode.class).getResponseBody();
    }

    /** Why an export is refused. */
    public String refusal(String type, byte[] body, int status) {
        var answer = post(type, null, body).expectStatus().isEqualTo(status);
        return answer.returnResult(JsonNode.class).getResponseBody().path("detail").asString();
    }

    public static ExportTraceServiceRequest export(List<KeyValue> resource, Span... spans) {
        var export = ExportTraceServiceRequest.newBuilder();
        var group = export.addResourceSpansBuilder();
        group.getResourceBuilder().addAllAttributes(resource);
        var scope = group.addScopeSpansBuilder();
        scope.getScopeBuilder().setName("tests").setVersion("1");
        scope.addAllSpans(List.of(spans));
        return export.build();
    }

    /** @param run 32 hex digits, which are its trace's id too */
    public static Span.Builder span(String run, int id, String name) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(run)))
                .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(id).array()))
                .setName(name)
                .setStartTimeUnixNano(NOON + id * 1_000_000_000L)
                .setEndTimeUnixNano(NOON + id * 1_000_000_000L + 500_000_000);
    }

    public static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setStringValue(value)).build();
    }

    public static KeyValue attribute(String key, long value) {
        return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setIntValue(value)).build();
    }
}
