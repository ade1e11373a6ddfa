// SPDX-License-Identifier: Apache-2.0
// The document is read, and tried out, as whoever is signed in to the console in this browser.
SwaggerUIBundle({
    url: "/v3/api-docs",
    dom_id: "#api",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    requestInterceptor: request => {
        if (new URL(request.url, location.origin).origin === location.origin) request.headers["X-Requested-With"] = "docs";
        return request;
    },
});
