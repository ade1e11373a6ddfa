// SPDX-License-Identifier: Apache-2.0
SwaggerUIBundle({ url: "/v3/api-docs", dom_id: "#api", deepLinking: true, defaultModelsExpandDepth: 0 });
