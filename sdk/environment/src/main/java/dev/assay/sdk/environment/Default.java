// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What an argument of a template is when the task does not give it; without effect in records that arguments are made of. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {

    /** JSON; what is none stands for itself as text. */
    String value();
}
