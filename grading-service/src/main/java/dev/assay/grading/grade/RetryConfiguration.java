// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.grade;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

/** What a listener throws is trouble with the database: it passes, and nothing may be lost before it does. */
@Configuration(proxyBeanMethods = false)
class RetryConfiguration {

    @Bean
    DefaultErrorHandler retryForEver() {
        return new DefaultErrorHandler(new FixedBackOff(1000, FixedBackOff.UNLIMITED_ATTEMPTS));
    }
}
