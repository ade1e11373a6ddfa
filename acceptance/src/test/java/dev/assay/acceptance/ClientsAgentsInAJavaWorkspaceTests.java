// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published client's agents, as they are, in a workspace that is served from Java. */
class ClientsAgentsInAJavaWorkspaceTests {

    private static final Hud HUD = new Hud();
    private static final Platform PLATFORM = Platform.withModels();
    private static Running served;
    private static String url;

    @BeforeAll
    static void serve() {
        HUD.against(PLATFORM.url(), PLATFORM.keyOf("java-workspace"));
        served = CodingInJava.start(HUD);
        url = "tcp://127.0.0.1:" + served.waitFor("(?m)^HUD_SERVE_PORT=(\\d+)", Duration.ofSeconds(60)).group(1);
    }

    @AfterAll
    static void end() {
        served.close();
    }

    @ParameterizedTest
    @CsvSource({"claude, claude-sonnet-5", "openai, gpt-5.6-sol", "gemini, gemini-3.1-pro-preview", "openai_compatible, gpt-5.6-luna"})
    void whoRepairsTheProgramWithItsShellIsRewarded(String agent, String model) {
        HUD.write("tasks.json", "[{\"env\": \"coding\", \"id\": \"repair\", \"args\": {}}]");

        HUD.run("eval", "tasks.json", agent, "--model", model, "--runtime", url, "-y").exitsWith(0).says("Mean reward: 1.000");
    }

    /** Each with its own tools for files: what they write, change and look at goes over the shell. The environment's key is not there. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            claude | claude-sonnet-5 | str_replace_based_edit_tool {"command": "create", "path": "out.txt", "file_text": "one\\n"} \
            ; str_replace_based_edit_tool {"command": "str_replace", "path": "out.txt", "old_str": "one", "new_str": "two"} \
            ; str_replace_based_edit_tool {"command": "view", "path": "out.txt"}
            gemini | gemini-3.1-pro-preview | write_file {"file_path": "out.txt", "content": "one\\n"} \
            ; replace {"file_path": "out.txt", "instruction": "count on", "old_string": "one", "new_string": "two"} \
            ; read_file {"file_path": "out.txt"} ; list_directory {"dir_path": "."}
            openai_compatible | gpt-5.6-luna | write {"filePath": "out.txt", "content": "one\\n"} \
            ; edit {"filePath": "out.txt", "oldString": "one", "newString": "two"} \
            ; read {"filePath": "out.txt"} ; grep {"pattern": "line"}""")
    void filesAreWrittenChangedAndReadWithTheirTools(String agent, String model, String calls) {
        var mapper = Api.JSON;
        var turns = mapper.createArrayNode();
        for (var call : calls.split(" ; ")) {
            var parts = call.strip().split(" ", 2);
            turns.addObject().putArray("calls").addObject().put("name", parts[0]).set("arguments", mapper.readTree(parts[1]));
        }
        turns.addObject().putArray("calls").addObject().put("shell", "env | grep -q HUD_ && rm out.txt; true");
        turns.addObject().put("text", "Done.");
        var row = mapper.createObjectNode().put("env", "coding").put("id", "told");
        row.putObject("args").put("prompt", "Java's files for " + agent + ". play: " + mapper.createObjectNode().set("turns", turns));
        HUD.write("tasks.json", mapper.createArrayNode().add(row).toString());

        HUD.run("eval", "tasks.json", agent, "--model", model, "--runtime", url, "-y").exitsWith(0).says("Mean reward: 1.000");

        var asked = StandIn.shared().asked("Java's files for " + agent, turns.size());
        assertThat(asked.getLast().get("body").toString()).contains("two");
    }
}
