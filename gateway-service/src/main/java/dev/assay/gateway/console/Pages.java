// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.console;

import dev.assay.kit.identity.AdmitsAnybody;
import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Every page of the console is the same file: its script reads the address and fetches what the page shows. */
@RestController
@AdmitsAnybody
@Hidden
class Pages {

    @GetMapping({
        "/", "/jobs", "/jobs/{id}", "/runs", "/trace/{id}", "/shared/{id}", "/tasksets", "/tasksets/{id}", "/tasksets/{id}/imports", "/environments",
        "/environments/{id}", "/models", "/models/{id}", "/upstreams", "/playground", "/recordings", "/usage", "/people", "/workers", "/audit",
        "/settings"
    })
    ResponseEntity<Resource> console() {
        return html("console/index.html");
    }

    @GetMapping("/docs")
    ResponseEntity<Resource> docs() {
        return html("docs/index.html");
    }

    private static ResponseEntity<Resource> html(String file) {
        var resource = new ClassPathResource(file);
        return resource.exists()
                ? ResponseEntity.ok().contentType(MediaType.TEXT_HTML).cacheControl(CacheControl.noCache()).body(resource)
                : ResponseEntity.notFound().build();
    }
}
