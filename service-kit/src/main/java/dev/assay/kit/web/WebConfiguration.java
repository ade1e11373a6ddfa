// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.JobId;
import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.TasksetId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.contracts.VersionId;
import dev.assay.kit.identity.Caller;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.List;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JsonNode;

/** Ids are read in any form that clients use, and documented as UUIDs; JSON of any shape is documented as an object. */
@AutoConfiguration
public class WebConfiguration implements WebMvcConfigurer {

    static {
        for (var id : List.of(
                BuildId.class, EnvironmentId.class, JobId.class, ModelId.class, RunId.class, SessionId.class, TasksetId.class,
                TeamId.class, UserId.class, VersionId.class)) {
            SpringDocUtils.getConfig().replaceWithSchema(id, new StringSchema().format("uuid"));
        }
        SpringDocUtils.getConfig().replaceWithSchema(JsonNode.class, new ObjectSchema());
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
    }

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, BuildId.class, BuildId::parse);
        registry.addConverter(String.class, EnvironmentId.class, EnvironmentId::parse);
        registry.addConverter(String.class, JobId.class, JobId::parse);
        registry.addConverter(String.class, ModelId.class, ModelId::parse);
        registry.addConverter(String.class, RunId.class, RunId::parse);
        registry.addConverter(String.class, SessionId.class, SessionId::parse);
        registry.addConverter(String.class, TasksetId.class, TasksetId::parse);
        registry.addConverter(String.class, TeamId.class, TeamId::parse);
        registry.addConverter(String.class, UserId.class, UserId::parse);
        registry.addConverter(String.class, VersionId.class, VersionId::parse);
    }

    /** A name in a path may hold a slash: {@code /v2/tasksets/by-name/a%2Fb} is one name, not two segments. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> slashesInNames() {
        return factory -> factory.addConnectorCustomizers(connector -> {
            connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
            connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
        });
    }
}
