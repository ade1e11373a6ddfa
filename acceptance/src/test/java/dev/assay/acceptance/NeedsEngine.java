// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The client starts containers itself: skipped where none can be, and one class at a time, because each looks for what is left over. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "dev.assay.acceptance.Engine#hasImages",
        disabledReason = "no Docker engine answers that has compose and the images to build on")
@ResourceLock("containers of the client")
@interface NeedsEngine {}
