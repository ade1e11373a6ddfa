// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.AdmitsAnybody;
import dev.assay.kit.identity.Role;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the gateway does not speak yet, said in the words of those who ask. */
@RestController
@Admits({Role.MEMBER, Role.RUN})
@Hidden
class OtherDialectsController {

    @RequestMapping({
        "/inference/responses/**", "/inference/v1/responses/**", "/inference/v1/messages/**", "/inference/v1beta/**",
        "/inference/embeddings", "/inference/v1/embeddings"
    })
    void notSpoken(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ModelError.of(501, "This gateway speaks Chat Completions only (POST /chat/completions): use an agent of the type "
                        + "openai_compatible.")
                .andNoUseTryingAgain()
                .write(request, response);
    }

    @AdmitsAnybody
    @RequestMapping({"/inference", "/inference/", "/inference/models", "/inference/v1/models"})
    void onlyRead(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("GET, HEAD", request, response);
    }

    /** Apart, because {@code {*id}} also matches no id. */
    @RequestMapping({"/inference/models/{*id}", "/inference/v1/models/{*id}"})
    void onlyReadByName(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("GET, HEAD", request, response);
    }

    @RequestMapping({"/inference/chat/completions", "/inference/v1/chat/completions"})
    void onlyAsked(HttpServletRequest request, HttpServletResponse response) throws IOException {
        otherMethod("POST", request, response);
    }

    private static void otherMethod(String allowed, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", allowed);
        ModelError.of(405, request.getMethod() + " is none of what there is here: " + allowed + ".").write(request, response);
    }

    @RequestMapping("/inference/**")
    void nothing(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var error = ModelError.of(404, "There is nothing at " + request.getMethod() + " " + request.getRequestURI() + ".");
        new ModelError(404, error.type(), "not_found", error.message(), null, false).write(request, response);
    }
}
