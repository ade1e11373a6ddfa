// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.kit.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Whoever may not call models reads so in the dialect that it speaks. */
@RestControllerAdvice(basePackageClasses = RefusalAdvice.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class RefusalAdvice {

    @ExceptionHandler
    void refused(Problem problem, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ModelError.of(problem.getStatusCode().value(), problem.getBody().getDetail()).write(request, response);
    }
}
