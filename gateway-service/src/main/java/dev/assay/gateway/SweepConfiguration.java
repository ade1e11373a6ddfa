// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** What is looked at by the clock. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class SweepConfiguration {

    /** As many as there are sweeps, so that none waits for another's database or service. Spring's own runs them all on one thread. */
    private static final int SWEEPS = 13;

    @Bean
    TaskScheduler taskScheduler() {
        var scheduler = new ThreadPoolTaskScheduler();
        scheduler.setPoolSize(SWEEPS);
        scheduler.setVirtualThreads(true);
        scheduler.setThreadNamePrefix("sweep-");
        return scheduler;
    }
}
