// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.text;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the database keeps it. */
public final class JsonText {

    private JsonText() {}

    /** By way of bytes, in which half of a character is an escape: as text it would become a question mark on its way to the database. */
    public static String of(JsonMapper json, Object value) {
        return new String(json.writeValueAsBytes(value), StandardCharsets.UTF_8);
    }
}
