// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The server's own folders are the worker's: in the system's temporary folder, each worker that is killed would leave two of them. */
@Configuration(proxyBeanMethods = false)
class ServerFolder {

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> serverBelowTheData(@Value("${assay.data}") Path data) throws IOException {
        var folder = data.resolve("worker/server").toAbsolutePath(); // workers that share it may: nothing of theirs is kept there
        var nothing = Files.createDirectories(folder.resolve("nothing"));
        return server -> {
            server.setBaseDirectory(folder.toFile());
            server.setDocumentRoot(nothing.toFile());
        };
    }
}
