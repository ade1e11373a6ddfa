// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.runtimes.SandboxException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRecipeTests {

    private static final String PLAIN = """
            # docker build -f Dockerfile.hud .
            ARG BASE=python:3.11-slim
            FROM ${BASE}
            RUN pip install --no-cache-dir "hud==0.6.21" "typer<0.29" \\
                && pip install -r requirements.txt
            WORKDIR /app
            COPY . .
            CMD ["hud", "serve", "env.py", "--host", "0.0.0.0", "--port", "8765"]
            """.replace("\\\\", "\\");

    @Test
    void whatItBeginsWithIsWrittenOut() throws Exception {
        var checked = check("""
                ARG BASE=debian
                ARG TAG
                FROM ${BASE}:${TAG:-12} AS Tools
                FROM --platform=linux/amd64 scratch
                FROM python@sha256:%s
                COPY --from=tools /bin/sh /bin/sh
                COPY --from=0 /bin/ls /bin/ls
                RUN python3 -c 'x'
                """.formatted("0".repeat(64)), Map.of("TAG", "bookworm"));
        assertThat(checked.images()).containsExactly("docker.io/library/debian:bookworm", "docker.io/library/python@sha256:" + "0".repeat(64));
        assertThat(checked.text()).startsWith("# Dockerfile\nARG BASE").contains("\nFROM docker.io/library/debian:bookworm AS Tools\n", "\nFROM --platform=linux/amd64 scratch\n");
        assertThat(checked.buildKit()).isFalse();
    }

    @Test
    void aDirectiveIsNoneAnyMore() throws Exception {
        assertThat(check("# syntax=10.0.0.1/frontend\nFROM debian\n", Map.of()).text()).isEqualTo("# Dockerfile\nFROM docker.io/library/debian:latest\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "FROM 10.0.0.1:5000/letters", "FROM localhost/letters", "FROM ghcr.io/acme/letters", "FROM assay.invalid/letters:1", "FROM $NOTHING",
        "FROM docker.io/own/letters:1", "FR\\\nOM 10.0.0.1/x", "FROM \\\n10.0.0.1/x", "\u00a0FROM 10.0.0.1/x", "FROM debian x y",
        "FROM debian\nADD http://169.254.169.254/latest /x", "FROM debian\nADD \\\n http://10.0.0.1/ /x", "FROM debian\nADD [\"http:\\u002f\\u002f10.0.0.1\", \"/x\"]",
        "FROM debian\nadd git@10.0.0.1:x /x", "FROM debian\nAD\\\nD http://10.0.0.1/ /x", "FROM debian\nADD github.com/acme/x /x", "FROM debian\nARG U\nADD $U /x",
        "FROM debian\nCOPY --from=10.0.0.1/x / /", "FROM debian\nCOPY --fr\\\nom=10.0.0.1/x / /", "FROM debian\nCOPY --from=deadbeef0123 / /\nFROM debian AS deadbeef0123",
        "FROM debian\nRUN --mount=type=bind,from=10.0.0.1/x true", "FROM debian\nRUN --mount=\"type=bind,from=alpine\" true",
        "FROM debian\nRUN --network=host true", "FROM debian\nRUN --security=insecure true", "FROM debian\nONBUILD ADD http://10.0.0.1 /", "FROM debian\nONBUILD\\\n ADD http://10.0.0.1 /",
        "FROM debian\nADD\\\n http://169.254.169.254/ /x", "FROM debian\nCOPY\\\n --from=10.0.0.1/x / /", "FROM debian\nRUN\\\n --mount=type=bind,from=10.0.0.1/x true",
        "FROM debian\nFRO\\\nM\\\n 10.0.0.1/x", "FROM debian\nRUN echo \\\\\nAD\\\nD http://10.0.0.1/ /x", "# escape=`\nFROM debian\n",
        "FROM debian AS abc\nCOPY --from=abc / /", "FROM debian\nCOPY --from=0 / /", "FROM debian\nFROM debian\nCOPY --from=0 --from=10.0.0.1/x a b",
        "FROM debian\nFROM debian\nRUN --mount=type=bind,from=0,from=10.0.0.1/x true", "FROM debian\nFROM debian\nRUN --mount=source=/xfrom=0,from=evil true",
        "FROM debian\nRUN --mount=\"type=bind,target=/a b,from=evil\" true", "FROM debian\nFROM debian\nCOPY --chown=x--from=0 --from=10.0.0.1/x a b",
        "FROM debian\nRUN --mount=type=bind,From=evil true", "FROM debian\nCOPY --chown=\u00e0--from=10.0.0.1/x a b", "FROM debian\nRUN --device=x true",
        "FROM debian\nRUN echo \"a <<EOF b\"\nADD http://10.0.0.1 /x\nEOF", "FROM debian\nRUN echo '\\\\' <<EOF\nADD http://10.0.0.1 /x\nEOF", "FROM debian\nRUN cat <<EOF;\nEOF;",
        "FROM debian\nRUN cat <<EOF\nno end", "FROM debian\nCMD cat <<EOF\nADD http://10.0.0.1 /x\nEOF", "RUN true", ""
    })
    void whatAnEngineWouldFetchBesideTheListedImagesIsRefused(String recipe) {
        assertThatThrownBy(() -> check(recipe, Map.of())).isInstanceOf(SandboxException.class).hasMessageContaining("Dockerfile");
    }

    @Test
    void anEngineIsGivenWhatWasReadAndNothingElse() throws Exception {
        assertThat(check("""
                # of ours
                ARG TO=Tools
                fr\\
                om debian as tools
                RUN  echo a \\

                  # not this
                  b
                RUN python3 - <<'EOF' >x && cat <<-END <<<c
                from os import path \\
                EOF
                FROM x
                \tEND
                from $TO
                FROM deadbeef0123
                FROM scratch
                COPY --from=tools a b \\
                """, Map.of()).text()).isEqualTo("""
                # Dockerfile
                ARG TO=Tools
                FROM docker.io/library/debian:latest AS tools
                RUN echo a   b
                RUN python3 - <<'EOF' >x && cat <<-END <<<c
                from os import path \\
                EOF
                FROM x
                \tEND
                FROM Tools
                FROM docker.io/library/deadbeef0123:latest
                FROM scratch
                COPY --from=tools a b
                """);
    }

    @Test
    void whereNobodysImagesAreListedNothingIsBuilt() {
        assertThatThrownBy(() -> ImageRecipe.of("Dockerfile", "FROM debian\n").check(Map.of(), List.of(), List.of(), "us")).hasMessageContaining("images of nobody only");
    }

    @Test
    void noArgumentChangesWhoReadsTheRecipe() {
        assertThatThrownBy(() -> check("FROM debian\n", Map.of("BUILDKIT_SYNTAX", "10.0.0.1/x"))).hasMessageContaining("BUILDKIT_SYNTAX is not taken");
    }

    @Test
    void aBuildArgumentCannotNameAnotherPlaceEither() {
        assertThatThrownBy(() -> check("ARG BASE=debian\nFROM $BASE\n", Map.of("BASE", "10.0.0.1/x")))
                .hasMessage("Dockerfile line 2: this worker builds on images of docker.io/ only, not on 10.0.0.1/x:latest");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "RUN --mount=type=secret,id=token cat /run/secrets/token", "COPY --link . .", "COPY --chmod=755 a /b", "RUN <<EOF\nfrom os import path\nEOF", "RUN python3 - <<'EOF'\nfrom os import path\nEOF"
    })
    void someStepsOnlyBuildKitKnows(String step) throws Exception {
        assertThat(check("FROM debian\n" + step + "\n", Map.of()).buildKit()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "type=cache,target=/root/.cache                     | us./root/.cache",
        "type=cache,dst=/a,target=/b,sharing=locked         | us./b",
        "TYPE=Cache,ID=them.,id=shared,target=/root/.cache  | us.shared",
    })
    void whatStepsKeepForTheNextBuildIsTheirOwners(String mount, String id) throws Exception {
        assertThat(check("FROM debian\nRUN --mount=%s true\n".formatted(mount), Map.of()).text()).contains("RUN --mount=" + mount + ",id=" + id + " true\n");
        assertThat(check("FROM debian\nRUN --mount=type=tmpfs,target=/x true\n", Map.of()).text()).contains("RUN --mount=type=tmpfs,target=/x true\n");
    }

    @Test
    void whatAProcessWouldLoseIsNamed() {
        assertThat(ImageRecipe.of("Dockerfile", "FROM python:3.12\nENV A=b\n").unfitForProcess(Map.of())).hasValue("Dockerfile says more than a process knows: line 2 (ENV)");
    }

    @Test
    void aProcessDoesForARecipeThatSaysNoMoreThanItsContext() {
        assertThat(ImageRecipe.of("Dockerfile.hud", PLAIN).unfitForProcess(Map.of())).isEmpty();
        assertThat(ImageRecipe.of("Dockerfile.hud", "FROM eclipse-temurin:25-jre\nCOPY l.jar .\nEXPOSE 8765\nCMD [\"java\", \"-jar\", \"l.jar\"]\n").unfitForProcess(Map.of())).isEmpty();
        assertThat(ImageRecipe.of("Dockerfile.hud", PLAIN).unfitForProcess(Map.of("BASE", "acme/base")))
                .hasValue("Dockerfile.hud says more than a process knows: FROM docker.io/acme/base:latest");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "RUN apt-get install -y git", "RUN pip install numpy", "ENV MODE=hard", "USER nobody", "COPY data /data", "COPY --from=0 /x .",
        "CMD [\"bash\", \"start.sh\"]", "FROM debian", "VOLUME /x", "RUN pip install . && touch /x"
    })
    void whateverSaysMoreWantsAnImage(String step) {
        assertThat(ImageRecipe.of("Dockerfile.hud", PLAIN + step + "\n").unfitForProcess(Map.of())).get().asString().startsWith("Dockerfile.hud ");
    }

    private static ImageRecipe.Checked check(String recipe, Map<String, String> buildArgs) throws SandboxException {
        return ImageRecipe.of("Dockerfile", recipe)
                .check(buildArgs, List.of("docker.io/"), List.of("assay.invalid/", "docker.io/own/"), "us");
    }
}
