// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnusedPartsTests {

    private static final Recipe PYTHON = new Recipe.Python("env.py", List.of(), List.of(), true, "");

    @TempDir
    Path context;

    @Test
    void anImagesRecipeIsNamed() throws Exception {
        write("Dockerfile.hud", "FROM scratch");
        write("compose.yaml", "");
        write("env.py", "");
        assertThat(UnusedParts.of(context, PYTHON)).containsExactly(
                "not used: Dockerfile.hud, compose.yaml (this version runs as processes, which no recipe of an image plays a part in)");
    }

    @Test
    void dependenciesThatNobodyReadsAreNamed() throws Exception {
        write("uv.lock", "");
        write("setup.py", "");
        Files.createSymbolicLink(context.resolve("requirements.txt"), Path.of("other.txt"));
        write("pyproject.toml", "[project]\ndynamic = ['dependencies']\n[project.optional-dependencies]\nx = []\n[tool.uv.sources]\n");
        assertThat(UnusedParts.of(context, PYTHON)).containsExactly(
                "not used: setup.py, uv.lock (dependencies are read from [project] of pyproject.toml and from requirements.txt)",
                "not used: requirements.txt (a link is not followed)",
                "not used: [project.optional-dependencies], [tool.uv.sources], dynamic dependencies"
                        + " (of pyproject.toml, [project] alone is read)");
    }

    @Test
    void besideAJarNothingElseServes() throws Exception {
        write("env.py", "");
        write("serve.jar", "");
        assertThat(UnusedParts.of(context, new Recipe.Jar("serve.jar")))
                .containsExactly("not used: env.py (the runnable serve.jar is what serves)");
    }

    @Test
    void nothingIsSaidOfWhatIsUsed() throws Exception {
        write("env.py", "");
        write("requirements.txt", "six");
        write("pyproject.toml", "[project]\ndependencies = ['six']\n[tool.ruff]\nline-length = 100\n");
        assertThat(UnusedParts.of(context, PYTHON)).isEmpty();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(context.resolve(name), text);
    }
}
