// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.kit.identity.Admits;
import io.swagger.v3.oas.models.Operation;
import java.util.Locale;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;

/** The API document says in {@code x-admits} whom an operation admits, as its handler does. */
final class AdmissionInDocument implements GlobalOperationCustomizer {

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        var own = handler.getMethodAnnotation(Admits.class);
        var admits = own != null ? own : AnnotatedElementUtils.findMergedAnnotation(handler.getBeanType(), Admits.class);
        if (admits != null) {
            operation.addExtension("x-admits", Stream.of(admits.value()).map(role -> role.name().toLowerCase(Locale.ROOT)).toList());
        }
        return operation;
    }
}
