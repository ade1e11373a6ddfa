// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** {@link RunningCalls} are looked at by the clock. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class SweepConfiguration {}
