// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.FakeWorkspace;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.agents.tool.ShellTool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkspaceToolsTests {

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 1};

    @TempDir
    Path folder;

    private FakeWorkspace server;
    private SshWorkspace connection;
    private WorkspaceFiles workspace;

    @BeforeEach
    void connect() throws Exception {
        server = new FakeWorkspace(folder);
        connection = SshWorkspace.connect(server.capability(), FakeWorkspace::route);
        workspace = new WorkspaceFiles(connection);
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        server.close();
    }

    @Test
    void bashRunsInAFolderAndWithinATime() throws Exception {
        Files.createDirectory(folder.resolve("a b"));

        assertThat(bash("{\"command\": \"basename \\\"$PWD\\\"\", \"workdir\": \"a b\"}").text())
                .isEqualTo("$ cd 'a b' && basename \"$PWD\"\na b\n\n(exit 0)");
        var slow = bash("{\"command\": \"sleep 9\", \"timeout\": 10}");
        assertThat(slow.text()).isEqualTo("$ timeout 1s bash -lc 'sleep 9'\n\n(exit 124)");
        assertThat(slow.failed()).isTrue();
        assertThatThrownBy(() -> bash("{\"command\": \"true\", \"timeout\": 0}")).hasMessage("timeout must be a whole number from 1 on");
        assertThatThrownBy(() -> bash("{\"command\": \"\"}")).hasMessage("command is required");
    }

    @Test
    void readShowsAFileByPages() throws Exception {
        Files.writeString(folder.resolve("f"), "one\ntwo\nthree\n");

        assertThat(read("{\"filePath\": \"f\", \"offset\": 2, \"limit\": 1}").text()).isEqualTo("""
                <path>f</path>
                <type>file</type>
                <content>
                2: two

                (Showing lines 2-2 of 3. Use offset=3 to continue.)
                </content>""");
        assertThat(read("{\"filePath\": \"f\", \"offset\": 0}").text()).isEqualTo("""
                <path>f</path>
                <type>file</type>
                <content>
                1: one
                2: two
                3: three

                (End of file - total 3 lines)
                </content>""");
        assertThat(read("{\"filePath\": \"f\", \"offset\": 5}").text()).isEqualTo("offset 5 is beyond the end of the file, which has 3 lines");
        assertThat(read("{\"filePath\": \"nowhere\"}").failed()).isTrue();
    }

    @Test
    void readListsAFolder() throws Exception {
        for (var name : new String[] {"b", "a", ".hidden"}) {
            Files.createFile(folder.resolve(name));
        }

        assertThat(read("{\"filePath\": \".\", \"limit\": 2}").text()).isEqualTo("""
                <path>.</path>
                <type>directory</type>
                <entries>
                .hidden
                a

                (Showing 2 of 3 entries. Use offset=3 to continue.)
                </entries>""");
        Files.createDirectory(folder.resolve("empty"));
        assertThat(read("{\"filePath\": \"empty\"}").text()).endsWith("\n(0 entries)\n</entries>");
    }

    @Test
    void readShowsAnImageAndRefusesOtherBytes() throws Exception {
        Files.write(folder.resolve("i.png"), PNG);
        Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, 0});

        assertThat(read("{\"filePath\": \"i.png\"}").content().getFirst()).hasToString("""
                {"type":"image","data":"iVBORw0KGgoAAQ==","mimeType":"image/png"}""");
        assertThat(read("{\"filePath\": \"bytes\"}").text()).startsWith("Cannot view this file");
    }

    @Test
    void editReplacesExactlyOnePlaceUnlessToldOtherwise() throws Exception {
        Files.writeString(folder.resolve("f"), "a b a");

        assertThat(edit("a", "c", false).text()).isEqualTo("oldString stands 2 times in f: give more of it, or replaceAll");
        assertThat(edit("x", "c", false).text()).isEqualTo("there is no oldString in f");
        assertThat(edit("b", "b", false).failed()).isTrue();
        assertThat(edit("b", "ß", false).text()).isEqualTo("wrote 6 bytes to f");
        assertThat(edit("a", "c", true).failed()).isFalse();
        assertThat(folder.resolve("f")).hasContent("c ß c");
    }

    @Test
    void editLeavesAFileThatIsNoUtf8AsItIs() throws Exception {
        var latin1 = "na\u00efve".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(folder.resolve("f"), latin1);

        assertThat(edit("ve", "f", false).text()).isEqualTo("f is no UTF-8 text: use bash to change it");
        assertThat(folder.resolve("f")).hasBinaryContent(latin1);
    }

    @Test
    void editWithNothingToReplaceMakesANewFileOnly() throws Exception {
        assertThat(edit("", "new", false).failed()).isFalse();
        assertThat(folder.resolve("f")).hasContent("new");
        assertThat(edit("", "again", false).failed()).isTrue();
        assertThat(folder.resolve("f")).hasContent("new");
    }

    @Test
    void writeMakesFoldersAndTakesAnyText() throws Exception {
        var text = "it's \"$HOME\" `x`\n";

        var written = call(new WriteTool(workspace), Json.object().put("filePath", "deep/er/f").put("content", text).toString());

        assertThat(written.text()).isEqualTo("wrote 17 bytes to deep/er/f");
        assertThat(folder.resolve("deep/er/f")).hasContent(text);
        assertThat(call(new WriteTool(workspace), "{\"filePath\": \"g\", \"content\": \"\"}").failed()).isFalse();
        assertThat(folder.resolve("g")).isEmptyFile();
    }

    @Test
    void grepAndGlobFind() throws Exception {
        Files.writeString(folder.resolve("a.py"), "import os\n");
        Files.writeString(folder.resolve("a.txt"), "import\n");

        assertThat(call(new GrepTool(workspace), "{\"pattern\": \"^import\", \"include\": \"*.py\"}").text())
                .isEqualTo("$ grep -rn '^import' . --include='*.py'\n./a.py:1:import os\n\n(exit 0)");
        assertThat(call(new GrepTool(workspace), "{\"pattern\": \"nothing\"}").failed()).isTrue();
        assertThat(call(new GlobTool(workspace), "{\"pattern\": \"*.txt\"}").text()).isEqualTo("$ find . -name '*.txt'\n./a.txt\n\n(exit 0)");
    }

    private ToolOutcome bash(String arguments) throws Exception {
        return call(new BashTool(workspace), arguments);
    }

    private ToolOutcome read(String arguments) throws Exception {
        return call(new ReadTool(workspace), arguments);
    }

    private ToolOutcome edit(String old, String replacement, boolean everywhere) throws Exception {
        var arguments = Json.object().put("filePath", "f").put("oldString", old).put("newString", replacement).put("replaceAll", everywhere);
        return call(new EditTool(workspace), arguments.toString());
    }

    private static ToolOutcome call(ShellTool tool, String arguments) throws Exception {
        return tool.call(Json.MAPPER.readTree(arguments), Deadline.none());
    }
}
