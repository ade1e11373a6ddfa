// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Whom a handler lets in; on a controller: whom those of its handlers let in that do not say it themselves. Naming people of one rank
 * admits the higher ranks too. A handler that nobody is named for lets nobody in.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Admits {

    Role[] value();
}
