// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import io.swagger.v3.oas.models.Operation;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.web.method.HandlerMethod;

/** The API document says in {@code x-admits} whom an operation admits, as its handler does. */
final class AdmissionInDocument implements GlobalOperationCustomizer {

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        Admission.said(handler).ifPresent(roles -> operation.addExtension("x-admits", roles.stream().map(Role::word).toList()));
        return operation;
    }
}
