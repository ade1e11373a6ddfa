// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * What goes from service to service, or to the worker: tried a second time where each of them is a process of its own (the execution
 * {@code many-processes} in the pom). What the client does with its own machine alone asks the gateway for the same either way.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("every-deployment")
@interface EveryDeployment {}
