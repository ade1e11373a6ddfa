// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Utf8Path;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadRecipeTests {

    @TempDir
    Path context;

    @Test
    void takesTheDependenciesAsTheyStand() throws Exception {
        write("env.py", "env = Environment(name='letters')");
        write("pyproject.toml", "[project]\nrequires-python = '>=3.12'\ndependencies = ['hud==0.6.21', 'typer<0.29', 'numpy']");
        assertThat(ReadRecipe.of(context, "letters"))
                .isEqualTo(new Recipe.Python(
                        "env.py", java.util.List.of("hud==0.6.21", "typer<0.29", "numpy"), java.util.List.of(), false, ">=3.12"));
    }

    @Test
    void addsTheClientsPackageWhereNoneIsNamed() throws Exception {
        write("env.py", "env = Environment('letters')");
        write("requirements.txt", "numpy\n");
        assertThat(ReadRecipe.of(context, "letters"))
                .isEqualTo(new Recipe.Python(
                        "env.py", java.util.List.of("hud==0.6.21"), java.util.List.of("typer<0.29"), true, ""));
    }

    @Test
    void servesTheFileThatDeclaresTheName() throws Exception {
        write("env.py", "from other import env");
        write("other.py", "env = Environment(\n    name = \"held_out Letters\")");
        assertThat(ReadRecipe.of(context, "held_out Letters")).extracting("target").isEqualTo("other.py");
        assertThat(ReadRecipe.of(context, "made at run time")).extracting("target").isEqualTo("env.py");
    }

    @Test
    void runsARunnableJarAndNotJustAnyJar() throws Exception {
        write("name.py", "Environment('letters')");
        jar("library.jar", new Attributes());
        assertThat(ReadRecipe.of(context, "letters")).isInstanceOf(Recipe.Python.class);
        var runnable = new Attributes();
        runnable.put(Attributes.Name.MAIN_CLASS, "Main");
        jar("serve.jar", runnable);
        assertThat(ReadRecipe.of(context, "letters")).isEqualTo(new Recipe.Jar("serve.jar"));
    }

    @Test
    void aFileThatDeclaresTheEnvironmentIsServedThoughAJarLiesBesideIt() throws Exception {
        runnableJar("checker.jar");
        write("env.py", "from hud import Environment\nenv = Environment(name=\"letters\")\n@env.template()\nasync def t():\n    yield 1.0\n");
        assertThat(ReadRecipe.of(context, "letters")).extracting("target").isEqualTo("env.py");
        write("env.py", "from hud import Environment\nfrom lib import setUp\nenv = Environment('letters')\nsetUp(env)\n");
        assertThat(ReadRecipe.of(context, "letters")).extracting("target").isEqualTo("env.py");
        write("env.py", "from hud import Environment\nenv = Environment(NAME)\nimport tasks\n");
        assertThat(ReadRecipe.of(context, "letters")).extracting("target").isEqualTo("env.py");
        Files.delete(context.resolve("env.py"));
        write("среда.py", "env = Environment('letters')\n@env.template()\nasync def t(): ...\n");
        assertThat(ReadRecipe.of(context, "letters")).extracting("target").isEqualTo("среда.py");
    }

    @Test
    void aFileThatOnlyNamesTheEnvironmentLeavesItToTheJar() throws Exception {
        runnableJar("serve.jar");
        for (var naming : List.of(
                "Environment('letters')",
                "# licence\n\"\"\"Names it;\n(the rest is Java).\"\"\"\n\nfrom hud import Environment\n\nenv = Environment(\"letters\")  # here\n",
                "import hud\n\nenv = hud.Environment(\n    name='letters',\n)\n")) {
            write("env.py", naming);
            assertThat(ReadRecipe.of(context, "letters")).as(naming).isEqualTo(new Recipe.Jar("serve.jar"));
        }
        Files.delete(context.resolve("env.py"));
        write("tasks.py", "tasks = []");
        assertThat(ReadRecipe.of(context, "letters")).isEqualTo(new Recipe.Jar("serve.jar"));
    }

    @Test
    void ofTwoRunnableJarsNoneIsGuessed() throws Exception {
        write("env.py", "Environment('letters')");
        runnableJar("a.jar");
        runnableJar("b.jar");
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ReadRecipe.of(context, "letters"))
                .withMessageContaining("a.jar, b.jar");
    }

    private void runnableJar(String name) throws IOException {
        var runnable = new Attributes();
        runnable.put(Attributes.Name.MAIN_CLASS, "Main");
        jar(name, runnable);
    }

    @Test
    void aManifestMayNotFillTheMemory() throws Exception {
        write("env.py", "Environment('letters')");
        try (var jar = new JarOutputStream(Files.newOutputStream(context.resolve("bomb.jar")))) {
            jar.putNextEntry(new java.util.zip.ZipEntry("META-INF/MANIFEST.MF"));
            jar.write("Manifest-Version: 1.0\n".getBytes());
            jar.write(new byte[3 << 20]);
            jar.write("\nMain-Class: Main\n".getBytes());
        }
        assertThat(ReadRecipe.of(context, "letters")).isInstanceOf(Recipe.Python.class);
    }

    @Test
    void nestingWithoutEndIsNoToml() throws Exception {
        write("env.py", "Environment('letters')");
        for (var deep : new String[] {"[".repeat(400_000), "{a=".repeat(300_000)}) {
            write("pyproject.toml", "x = " + deep);
            assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> ReadRecipe.of(context, "letters"));
        }
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        write("README.md", "nothing");
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ReadRecipe.of(context, "letters"))
                .withMessageContaining("neither a .py file");
    }

    @Test
    void saysThatTheProjectFileIsNoToml() throws Exception {
        write("env.py", "Environment('letters')");
        write("pyproject.toml", "[project");
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ReadRecipe.of(context, "letters"))
                .withMessageContaining("pyproject.toml is no TOML");
    }

    @Test
    void choosesAPythonThatSatisfies() {
        var twelve = new PythonInterpreter(Path.of("/p"), Path.of("/"), 12);
        assertThat(twelve.satisfies("")).isTrue();
        assertThat(twelve.satisfies(">=3.11")).isTrue();
        assertThat(twelve.satisfies(">=3.11,<3.13")).isTrue();
        assertThat(twelve.satisfies("<3.12")).isFalse();
        assertThat(twelve.satisfies("==3.11.*")).isFalse();
        assertThat(twelve.satisfies("~=3.12.1")).isTrue();
        assertThat(twelve.satisfies(">=3.13")).isFalse();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(Utf8Path.in(context, name), text);
    }

    private void jar(String name, Attributes attributes) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putAll(attributes);
        new JarOutputStream(Files.newOutputStream(context.resolve(name)), manifest).close();
    }
}
