// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.wire;

import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.AskFailure.Kind;
import dev.assay.gateway.call.Upstream;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.Operation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An upstream that is asked over HTTP. */
public final class HttpUpstream implements Upstream {

    private static final Logger log = LoggerFactory.getLogger(HttpUpstream.class);

    /** They are of one connection, or for us to say. */
    private static final Set<String> OURS = Set.of("connection", "content-length", "content-type", "host", "transfer-encoding");

    /** In which dialects a model can be asked, the best first. */
    public interface Speaks {
        List<Dialect> speaks(Operation operation, String upstreamModel);
    }

    private final String name;
    private final Address address;
    private final Speaks speaks;
    private final Connections connections;
    private final @Nullable RequestConfig limits;

    public HttpUpstream(String name, Address address, Speaks speaks, Connections connections) {
        this(name, address, speaks, connections, null);
    }

    /** @param toConnect how long a connection may take to come about; null: as long as any */
    public HttpUpstream(String name, Address address, Speaks speaks, Connections connections, @Nullable Duration toConnect) {
        this.limits = toConnect == null ? null : Connections.connectingWithin(toConnect);
        this.name = name;
        this.address = address;
        this.speaks = speaks;
        this.connections = connections;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Dialect> speaks(Operation operation, String upstreamModel) {
        return speaks.speaks(operation, upstreamModel);
    }

    @Override
    public Answer ask(Ask ask) throws AskFailure, AbortedException {
        var uri = address.uri(ask);
        var request = ready(ask, uri);
        var context = HttpClientContext.create();
        ask.exchange().running(request::cancel);
        try {
            var response = connections.open(new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort()), request, context);
            var answer = new HttpAnswer(request, response, ask.exchange());
            ask.exchange().heard();
            return answer;
        } catch (IOException e) {
            ask.exchange().failIfEnded();
            throw failure(ask, e, wasKept(context));
        }
    }

    /** It may have waited for its credential. */
    private HttpPost ready(Ask ask, URI uri) throws AskFailure, AbortedException {
        try {
            return request(ask, uri);
        } catch (AskFailure e) {
            ask.exchange().failIfEnded();
            throw e;
        }
    }

    private HttpPost request(Ask ask, URI uri) throws AskFailure {
        var request = new HttpPost(uri);
        if (limits != null) {
            request.setConfig(limits);
        }
        var own = address.headers(ask);
        request.setHeader("user-agent", Connections.AGENT);
        request.setHeader("content-type", "application/json");
        request.setHeader("accept", ask.streamed() ? "text/event-stream, application/json" : "application/json");
        ask.headers().forEach((header, value) -> {
            if (!OURS.contains(header) && own.first(header).isEmpty()) {
                request.addHeader(header, value);
            }
        });
        own.forEach(request::addHeader);
        request.setEntity(new SplicedEntity(ask.body()));
        return request;
    }

    /** Whether the connection had served a call before, and said nothing of this one. */
    private static boolean wasKept(HttpClientContext context) {
        var connection = context.getEndpointDetails();
        return connection != null && connection.getRequestCount() > 1 && connection.getResponseCount() < connection.getRequestCount();
    }

    private AskFailure failure(Ask ask, IOException e, boolean kept) {
        var late = ask.exchange().late();
        if (late.isPresent()) {
            return new AskFailure(Kind.LATE, late.get(), e);
        }
        log.warn("upstream {} gives no answer: {}", name, e.toString());
        return switch (e) {
            case ConnectTimeoutException x -> unreachable(e);
            case ConnectException x -> unreachable(e);
            case UnknownHostException x -> unreachable(e);
            case NoRouteToHostException x -> unreachable(e);
            case SSLException x -> unreachable(e);
            default -> new AskFailure(kept ? Kind.KEPT_CONNECTION_CLOSED : Kind.BROKE_OFF, ModelError.of(
                    502, "The provider '" + name + "' broke off before it answered."), e);
        };
    }

    private AskFailure unreachable(IOException e) {
        return new AskFailure(Kind.UNREACHABLE, ModelError.unavailable("The provider '" + name + "' cannot be reached just now.", 1), e);
    }
}
