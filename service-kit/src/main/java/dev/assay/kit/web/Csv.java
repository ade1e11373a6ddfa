// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tables as text, by RFC 4180. */
public final class Csv {

    private Csv() {}

    /** A line, without its end. */
    public static String line(List<? extends @Nullable Object> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
    }

    /** Spreadsheets take some texts for formulas and run them: what looks like one gets a quote before it. */
    public static String cell(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        var text = value instanceof BigDecimal number ? number.toPlainString() : value.toString();
        if (value instanceof String && !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        return text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r') ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
