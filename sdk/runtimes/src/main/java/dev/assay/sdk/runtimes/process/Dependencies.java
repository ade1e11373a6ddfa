// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a context wants installed, parted by what we believe.
 *
 * @param plain lines that mean the same in every context
 * @param others options, paths, addresses: whoever wrote them decides what code runs when they are installed
 */
record Dependencies(List<String> plain, List<String> others) {

    static Dependencies of(Recipe.Python recipe, Path source) throws IOException {
        List<String> all = new ArrayList<>();
        recipe.requirements().forEach(requirement -> all.addAll(PlainRequirement.lines(requirement)));
        if (recipe.requirementsFile()) {
            var text = new String(Files.readAllBytes(source.resolve("requirements.txt")), StandardCharsets.UTF_8);
            all.addAll(PlainRequirement.lines(text));
        }
        return new Dependencies(
                all.stream().filter(PlainRequirement::is).toList(), all.stream().filter(line -> !PlainRequirement.is(line)).toList());
    }

    boolean allPlain() {
        return others.isEmpty();
    }

    /** Whether an option among them changes where the plain ones come from, so that they cannot be installed without it. */
    boolean steered() {
        return others.stream().anyMatch(line -> line.startsWith("-") && !line.matches("(-e|--editable)[ =].*"));
    }
}
