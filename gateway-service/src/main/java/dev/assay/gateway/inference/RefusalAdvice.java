// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelApi;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Whoever may not call models reads so in the dialect that it speaks. */
@RestControllerAdvice(annotations = ModelApi.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class RefusalAdvice {

    @ExceptionHandler
    void refused(ModelErrorException e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        e.error().write(request, response);
    }

    @ExceptionHandler
    void refused(Problem problem, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ModelError.of(problem).write(request, response);
    }

    @ExceptionHandler
    void unreadableQuery(InvalidParameterException e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ModelError.badRequest("query", "has a parameter without a name, too many of them, or bytes that are not UTF-8").write(request, response);
    }
}
