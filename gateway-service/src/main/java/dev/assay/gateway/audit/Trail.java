// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.audit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Where a change comes from. It hangs on the request that asks for it; what no request asks for has none.
 *
 * @param key the API key that was used, or that the browser was signed in with; null: none
 * @param requestId as the answer and the log's lines name the request; null: nothing did
 * @param address the client's, as far as proxies are trusted to say it
 */
public record Trail(@Nullable UUID key, @Nullable String requestId, @Nullable String address) {

    static final Trail NONE = new Trail(null, null, null);

    /** From now on changes that this request asks for have this trail. */
    public void of(HttpServletRequest request) {
        request.setAttribute(Trail.class.getName(), this);
    }

    static Trail on(HttpServletRequest request) {
        return request.getAttribute(Trail.class.getName()) instanceof Trail trail ? trail : NONE;
    }

    /** Of the request that this thread handles. */
    static Trail current() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                ? on(attributes.getRequest())
                : NONE;
    }
}
