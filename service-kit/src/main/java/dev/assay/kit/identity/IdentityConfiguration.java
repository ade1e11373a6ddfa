// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
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
    @ConditionalOnMissingBean
    Party party(@Value("${spring.application.name}") String name) {
        return Party.service(name);
    }

    @Bean
    Signatures signatures(
            Party self, @Value("${assay.keys.own}") String own, @Value("${assay.keys.public}") String believed, Clock clock,
            ObjectProvider<LentTokens> lent) {
        var signsItself = lent.getIfAvailable() == null;
        if (signsItself && own.isBlank() || believed.isBlank()) {
            throw new IllegalStateException("ASSAY_KEYS_OWN and ASSAY_KEYS_PUBLIC must name the folders of the keys");
        }
        return new Signatures(self, Path.of(own), Path.of(believed), clock);
    }

    @Bean
    InternalTokens internalTokens(Signatures signatures) {
        return new InternalTokens(signatures);
    }

    @Bean
    RunKeys runKeys(Signatures signatures) {
        return new RunKeys(signatures);
    }

    @Bean
    @ConditionalOnProperty(name = "assay.internal-identity", matchIfMissing = true)
    FilterRegistrationBean<CallerFilter> callerFilter(
            InternalTokens tokens, @Value("${assay.metrics-token}") String metricsToken, @Value("${assay.open-paths:}") Set<String> open) {
        var registration = new FilterRegistrationBean<>(new CallerFilter(tokens, metricsToken, open));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
        return registration;
    }

    @Bean
    AdmissionInDocument admissionInDocument() {
        return new AdmissionInDocument();
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
