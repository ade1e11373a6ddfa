// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.Route;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Answers model calls before the server hands them to any filter or servlet: what all of those do for a request costs more than the call
 * does here. Whatever else there is below {@code /inference} goes on to them.
 */
final class InferenceValve extends ValveBase {

    private final ObjectProvider<Inference> beans;
    private volatile @Nullable Inference inference;

    /** @param beans the server is made before what answers calls, and takes none before that is there */
    InferenceValve(ObjectProvider<Inference> beans) {
        super(true);
        this.beans = beans;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        var coyote = request.getCoyoteRequest();
        var route = Route.of(coyote.getMethod(), coyote.requestURI().toString());
        if (route.isPresent()) {
            found().serve(route.get(), request, response);
        } else {
            getNext().invoke(request, response);
        }
    }

    private Inference found() {
        var found = inference;
        if (found == null) {
            found = beans.getObject();
            inference = found;
        }
        return found;
    }
}
