// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is wrong with an export of OpenTelemetry's, in the form that its exporters read. Whoever says it, here or in trace-service, says it
 * as a problem like all others; it leaves as OTLP's {@code Status}, in JSON with the problem's members beside it.
 */
@Component
@Order(Integer.MIN_VALUE + 160) // before the doors, which refuse too
class OtlpErrors extends OncePerRequestFilter {

    static final String PROTOBUF = "application/x-protobuf";

    /** How {@code Status.message} begins: field 2, a text. */
    private static final int MESSAGE = 2 << 3 | 2;

    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getRequestURI().startsWith("/otlp/") || form(request) == null;
    }

    /** Null: it said none that there is. */
    private static @Nullable String form(HttpServletRequest request) {
        var said = Objects.requireNonNullElse(request.getContentType(), "").split(";")[0].strip().toLowerCase(Locale.ROOT);
        return said.equals(PROTOBUF) || said.equals(MediaType.APPLICATION_JSON_VALUE) ? said : null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var answer = new Answer(response, Objects.requireNonNull(form(request)));
        chain.doFilter(request, answer);
        answer.end();
    }

    static byte[] status(ObjectNode problem, String form) {
        var message = problem.path("detail").asString("");
        if (!form.equals(PROTOBUF)) {
            return JSON.writeValueAsBytes(problem.put("message", message));
        }
        var text = message.getBytes(StandardCharsets.UTF_8);
        var bytes = new ByteArrayOutputStream();
        bytes.write(MESSAGE);
        var length = text.length;
        for (; length > 0x7f; length >>>= 7) {
            bytes.write(length & 0x7f | 0x80);
        }
        bytes.write(length);
        bytes.writeBytes(text);
        return bytes.toByteArray();
    }

    /** Holds a problem back until it is whole; everything else goes through. */
    private static final class Answer extends HttpServletResponseWrapper {

        private final String form;
        private @Nullable ServletOutputStream out;
        private @Nullable ByteArrayOutputStream problem;

        Answer(HttpServletResponse response, String form) {
            super(response);
            this.form = form;
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            if (out == null) {
                var type = getContentType();
                if (type != null && type.startsWith(MediaType.APPLICATION_PROBLEM_JSON_VALUE)) {
                    problem = new ByteArrayOutputStream();
                    out = new Holding(problem);
                } else {
                    out = super.getOutputStream();
                }
            }
            return out;
        }

        void end() throws IOException {
            if (problem != null && JSON.readTree(problem.toByteArray()) instanceof ObjectNode told) {
                var bytes = status(told, form);
                setContentType(form);
                setContentLength(bytes.length);
                problem = null;
                super.getOutputStream().write(bytes);
                super.getOutputStream().close();
            }
        }

        private final class Holding extends ServletOutputStream {

            private final ByteArrayOutputStream held;

            Holding(ByteArrayOutputStream held) {
                this.held = held;
            }

            @Override
            public void write(int octet) {
                held.write(octet);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                held.write(bytes, offset, length);
            }

            /** The client has it all by then, should the rest of its body still be waited for. */
            @Override
            public void close() throws IOException {
                end();
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                throw new UnsupportedOperationException("who writes waits");
            }
        }
    }
}
