// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.InsideModel;
import dev.assay.sdk.agents.ssh.ShellText;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A program's line for a POSIX shell. */
final class Invocation {

    /** Where people install such programs for themselves. */
    private static final String OWN_PROGRAMS = "export PATH=\"$HOME/.local/bin:$PATH\"";

    private Invocation() {}

    /**
     * The program with its variables, after these statements. The shell's process becomes the program: a bound connection leads from no
     * other, and nobody tells in between of a program that was killed, with its variables.
     */
    static String of(InsideModel model, List<String> before, Map<String, String> variables, List<String> words) {
        var line = variables.entrySet().stream().map(one -> one.getKey() + "=" + ShellText.quote(one.getValue())).collect(Collectors.joining(" "));
        var program = words.stream().map(ShellText::quote).collect(Collectors.joining(" "));
        var statements = new ArrayList<String>(before);
        statements.add(OWN_PROGRAMS);
        if (model.connection() != null) {
            statements.add(withoutProxy(URI.create(model.url()).getHost()));
        }
        statements.add("exec env " + line + " " + program);
        return String.join("; ", statements);
    }

    /** The sandbox may have a proxy to the outside, which does not know this address. */
    private static String withoutProxy(String host) {
        return "export NO_PROXY=\"${NO_PROXY:+$NO_PROXY,}" + host + "\" no_proxy=\"${no_proxy:+$no_proxy,}" + host + "\"";
    }

    /** The headers of a call, a line each, for programs that take them so. */
    static String lines(Map<String, String> headers) {
        return new LinkedHashMap<>(headers).entrySet().stream().map(one -> one.getKey() + ": " + one.getValue()).collect(Collectors.joining("\n"));
    }
}
