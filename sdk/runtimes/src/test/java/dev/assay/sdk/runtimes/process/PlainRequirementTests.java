// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRequirementTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hud==0.6.21", "numpy", "Typer<0.29", "ruamel.yaml >= 0.17, < 1", "uvicorn[standard]>=0.30", "a[b,c_d] (>=1.0,<2)",
                "torch==2.5.1+cpu", "x!=1.0.*", "y===2024-01-01", "z~=1!2.0",
                "tomli; python_version < '3.11'", "pywin32>=300 ; sys_platform == \"win32\" and (python_version>='3.8' or extra == 'a')"
            })
    void namesExtrasVersionsAndMarkersAreBelieved(String line) {
        assertThat(PlainRequirement.is(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-e .", "-r other.txt", "--index-url http://evil", "--no-binary :all:", "numpy --no-binary :all:", "numpy -e .",
                "numpy;python_version>'3' -e .", "numpy; extra == 'x -e .'", "numpy==1 --hash=sha256:00", "numpy == -e",
                ".", "./lib", "lib/", "vendor/lib", "/opt/lib", "..", "~/lib", "x.whl", "./x.whl", "lib.zip",
                "lib-1.0.tar.gz", "lib.tgz[a]",
                "x @ https://evil/x.whl", "x @ file:///etc", "git+https://evil/x", "https://evil/x.tar.gz", "file:x",
                "${PIP_INDEX_URL}", "x; '${PIP_INDEX_URL}'", "$HOME", "x\n-e .", "x\r-e .", "x\t-e .", "x\u2028-e .", "x==1\\",
                "x#egg", "x==", "x;", "größe"
            })
    void nothingElseIs(String line) {
        assertThat(PlainRequirement.is(line)).isFalse();
    }

    @Test
    void anEndlessLineIsNotRead() {
        assertThat(PlainRequirement.is("a".repeat(5000))).isFalse();
        assertThat(PlainRequirement.is("a[" + "b,".repeat(400) + "c]")).isTrue();
    }

    @Test
    void linesAreThoseThatTheInstallerSees() {
        assertThat(PlainRequirement.lines("\uFEFFnumpy # sums\r\n\n# nothing\nhud==\\\n0.6.21\n  -e . \nx#y\n"))
                .containsExactly("numpy", "hud==0.6.21", "-e .", "x#y");
        assertThat(PlainRequirement.lines("x" + " ".repeat(1_000_000) + "y")).hasSize(1);
        assertThat(PlainRequirement.lines("numpy --no-\\\nbinary x")).containsExactly("numpy --no-binary x");
    }
}
