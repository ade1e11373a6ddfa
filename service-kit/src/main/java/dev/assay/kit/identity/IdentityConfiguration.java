// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Internal identity for every service. The gateway, which is the door itself, switches the filter off and has its own. */
@AutoConfiguration
public class IdentityConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    InternalTokens internalTokens(@Value("${assay.internal-secret}") String secret, Clock clock) {
        if (secret.length() < 32) {
            throw new IllegalStateException("ASSAY_INTERNAL_SECRET must have at least 32 characters");
        }
        return new InternalTokens(secret, clock);
    }

    @Bean
    RunKeys runKeys(InternalTokens tokens) {
        return new RunKeys(tokens);
    }

    @Bean
    @ConditionalOnProperty(name = "assay.internal-identity", matchIfMissing = true)
    FilterRegistrationBean<CallerFilter> callerFilter(InternalTokens tokens) {
        var registration = new FilterRegistrationBean<>(new CallerFilter(tokens));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
        return registration;
    }

    @Bean
    WebMvcConfigurer admission() {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new Admission()).order(Ordered.HIGHEST_PRECEDENCE);
            }

            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new CallerArgument());
            }
        };
    }
}
