// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Has the server break the connection of an answer that fails when it has begun. Lines have no end of their own, and half of them would
 * look whole: what goes wrong in a handler is handled, and the answer then ends well.
 */
public final class BrokenAnswers extends OncePerRequestFilter {

    private static final String FAILURE = BrokenAnswers.class.getName();

    /** One of which nothing has gone out is answered as any other that fails. */
    public static void breakOff(HttpServletRequest request, HttpServletResponse response, RuntimeException failure) {
        if (response.isCommitted()) {
            request.setAttribute(FAILURE, failure);
        } else {
            response.resetBuffer();
            response.setHeader("Content-Disposition", null);
        }
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        if (request.getAttribute(FAILURE) instanceof RuntimeException failure) {
            throw new IOException("broke off", failure);
        }
    }
}
