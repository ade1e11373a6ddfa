// SPDX-License-Identifier: Apache-2.0
// The document is read with the key that this browser's console has.
let key = null;
try {
    key = localStorage.getItem("assay.key");
} catch {
    /* storage is forbidden: whoever has a key enters it on the page */
}
SwaggerUIBundle({
    url: "/v3/api-docs",
    dom_id: "#api",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    requestInterceptor: request => {
        if (key && !request.headers.Authorization && new URL(request.url, location.origin).origin === location.origin)
            request.headers.Authorization = `Bearer ${key}`;
        return request;
    },
});
