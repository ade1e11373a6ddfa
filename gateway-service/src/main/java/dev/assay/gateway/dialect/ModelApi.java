// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Controllers that speak with the providers' own libraries: what they refuse, they refuse in the words of the path's dialect. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface ModelApi {}
