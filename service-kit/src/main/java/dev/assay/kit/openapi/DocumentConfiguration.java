// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import dev.assay.kit.identity.Caller;
import io.swagger.v3.core.util.Json31;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** What is said of all services' operations alike. */
@AutoConfiguration
public class DocumentConfiguration {

    static {
        Json31.mapper().registerModule(WireNames.module());
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
    }

    @Bean
    WireShapes wireShapes() {
        return new WireShapes();
    }

    @Bean
    ErrorsInDocument errorsInDocument() {
        return new ErrorsInDocument();
    }

    @Bean
    WireDocument wireDocument() {
        return new WireDocument();
    }
}
