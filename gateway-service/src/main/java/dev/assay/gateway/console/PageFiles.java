// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.console;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;

/** The files that pages load. Their names do not change with their content, so browsers ask whether they have. */
@Configuration(proxyBeanMethods = false)
class PageFiles implements WebMvcConfigurer {

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/assets/**")
                .addResourceLocations("classpath:/console/assets/")
                .setCacheControl(CacheControl.noCache());
        registry.addResourceHandler("/favicon.ico", "/favicon.svg")
                .addResourceLocations("classpath:/console/")
                .setCacheControl(CacheControl.noCache());
        var versions = new WebJarVersionLocator();
        registry.addResourceHandler("/assets/uplot/**")
                .addResourceLocations("classpath:/META-INF/resources/webjars/uplot/" + versions.version("uplot") + "/")
                .setCacheControl(CacheControl.noCache());
        var swagger = versions.version("swagger-ui");
        registry.addResourceHandler("/docs/assets/**")
                .addResourceLocations("classpath:/docs/assets/", "classpath:/META-INF/resources/webjars/swagger-ui/" + swagger + "/")
                .setCacheControl(CacheControl.noCache());
    }
}
