// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a script's YAML. A key that means nothing is an error: it is a typo more often than not. */
final class ScriptReader {

    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private ScriptReader() {}

    static Script read(byte[] yaml) {
        return YAML.readValue(yaml, Script.class);
    }

    /** Where and why a script could not be read, for its author. */
    static String reason(JacksonException e) {
        var at = e.getLocation();
        var where = at == null || at.getLineNr() < 1 ? "" : " (line " + at.getLineNr() + ")";
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        var text = cause instanceof JacksonException jackson ? jackson.getOriginalMessage() : String.valueOf(cause.getMessage());
        var path = e instanceof DatabindException bind
                ? bind.getPath().stream()
                        .map(step -> step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                        .collect(Collectors.joining("."))
                        .replace(".[", "[")
                : "";
        return (path.isEmpty() ? "" : path + ": ") + text.lines().findFirst().orElse("unreadable") + where;
    }
}
