// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelApi;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.Route;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.AdmitsAnybody;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What there is not below {@code /inference}, said in the words of those who ask. Model calls come no further than their valve. */
@RestController
@ModelApi
@Admits({Role.MEMBER, Role.RUN})
@Hidden
class NothingThereController {

    @AdmitsAnybody
    @RequestMapping({"/inference", "/inference/", "/inference/models", "/inference/v1/models", "/inference/v1beta/models"})
    void onlyRead(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("GET, HEAD", request, response);
    }

    /** Apart, because {@code {*id}} also matches no id. */
    @RequestMapping({"/inference/models/{*id}", "/inference/v1/models/{*id}"})
    void onlyReadByName(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("GET, HEAD", request, response);
    }

    @RequestMapping({
        "/inference/chat/completions", "/inference/v1/chat/completions", "/inference/responses", "/inference/v1/responses",
        "/inference/v1/messages", "/inference/v1/messages/count_tokens", "/inference/embeddings", "/inference/v1/embeddings"
    })
    void onlyAsked(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("POST", request, response);
    }

    private static void otherMethod(String allowed, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", allowed);
        ModelError.of(405, request.getMethod() + " is none of what there is here: " + allowed + ".").write(request, response);
    }

    @RequestMapping({"/inference/responses/{id}", "/inference/v1/responses/{id}"})
    void onlyReadOrForgotten(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("GET, HEAD, DELETE", request, response);
    }

    @RequestMapping({"/inference/responses/{id}/input_items", "/inference/v1/responses/{id}/input_items"})
    void onlyReadAsAList(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("GET, HEAD", request, response);
    }

    @RequestMapping({"/inference/responses/{id}/cancel", "/inference/v1/responses/{id}/cancel"})
    void onlyCancelled(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("POST", request, response);
    }

    /** A call of a name that calls nothing is nothing that is there; of a model itself only reading is. */
    @RequestMapping("/inference/v1beta/models/{*id}")
    void googlesModels(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getMethod().equals("POST") && id.contains(":")) {
            nothing(request, response);
        } else {
            otherMethod(Route.of("POST", request.getRequestURI()).isPresent() ? "POST" : "GET, HEAD", request, response);
        }
    }

    @RequestMapping("/inference/**")
    void nothing(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var error = ModelError.of(404, "There is nothing at " + request.getMethod() + " " + request.getRequestURI() + ".");
        new ModelError(404, error.type(), "not_found", error.message(), null, false).write(request, response);
    }
}
