// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.problem.Problem;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AgentSpecTests {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** As the published client dumps each of its configs, nulls included. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            claude            | "max_tokens": 16384, "use_computer_beta": true, "thinking": null, "max_tool_result_images": null, "tool_timeout_seconds": 120.0, "screenshot_encoding": {"mime_type": "image/webp", "quality": 85}
            claude            | "thinking": {"type": "enabled", "budget_tokens": 2048, "display": "omitted"}, "max_tool_result_images": 3
            openai            | "max_output_tokens": null, "temperature": null, "reasoning": {"effort": "low"}, "tool_choice": "auto", "text": null, "truncation": "auto", "parallel_tool_calls": null, "prompt_cache_key": "c0ffee"
            gemini            | "temperature": 0.5, "top_p": null, "top_k": 40, "max_output_tokens": null, "excluded_predefined_functions": [], "thinking_level": "low", "include_thoughts": true, "max_tool_result_chars": 65536
            openai_compatible | "checkpoint": null, "completion_kwargs": {"extra_body": {"return_token_ids": true}}, "stop_on": ["length", "malformed_tool_call"], "max_steps": -1, "auto_respond": true
            claude_cli        | "system_prompt": null, "permission_mode": "bypassPermissions", "max_steps": -1, "reasoning_effort": "max", "screenshot_encoding": {"mime_type": "image/webp", "quality": 85}, "allowed_tools": ["Read"]
            codex_cli         | "sandbox": "workspace-write", "reasoning_effort": "minimal", "max_steps": 10
            command           | "command": "python3 agent.py"
            """)
    void whatClientsSendIsTaken(String type, String members) {
        var common = "\"timeout_seconds\": null, \"model_name\": \"A\", \"model\": \"m\", \"gateway\": false, ";
        assertThatCode(() -> check(type, common + members)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            claude            | "timeout_seconds": 0                                   | timeout_seconds: must be a finite number of seconds
            claude            | "max_steps": 2.5                                       | max_steps: must be a whole number
            claude            | "max_steps": "2"                                       | max_steps: must be a whole number
            claude            | "stop_on": ["length", "boredom"]                       | stop_on: must be an array of length, malformed_tool_call
            claude            | "stop_on": "length"                                    | stop_on: must be an array
            claude            | "screenshot_encoding": {"mime_type": "image/jpeg"}     | screenshot_encoding: mime_type must be
            claude            | "screenshot_encoding": {"mime_type": "image/webp", "quality": 101} | screenshot_encoding: quality
            claude            | "screenshot_encoding": {"mime_type": "image/png", "quality": 50} | screenshot_encoding: 'quality' is no member of PNG
            claude_cli        | "permission_mode": "banana"                            | permission_mode: must be one of acceptEdits
            claude            | "thinking": {"type": "enabled", "budget_tokens": 1000} | thinking: budget_tokens must be
            claude            | "thinking": {"type": "enabled", "budget_tokens": 4096}, "max_tokens": 4096 | thinking.budget_tokens: must be less
            claude            | "thinking": {"type": "disabled", "display": "omitted"} | thinking: 'display'
            claude            | "max_tool_result_images": 2                            | max_tool_result_images: needs thinking
            claude            | "api_key": "sk-secret"                                 | api_key: hosted agents have no such setting: their calls go to
            claude            | "hosted_tools": [{"type": "web_search"}]               | hosted_tools: hosted agents
            openai            | "prompt_cache_key": ""                                 | prompt_cache_key: must be a string of 1 to 64
            openai            | "truncation": "middle"                                 | truncation: must be one of auto, disabled
            gemini            | "thinking_level": "max"                                | thinking_level: must be one of
            openai_compatible | "completion_kwargs": []                                | completion_kwargs: must be an object
            claude_cli        | "reasoning_effort": "minimal"                          | reasoning_effort: must be one of low
            codex_cli         | "sandbox": "none"                                      | sandbox: must be one of read-only
            command           | "model": "m"                                           | command: required
            robot             | "adapter": "openpi"                                    | policy: required: where the robot's policy is served
            robot             | "policy": "http://example.org:8000"                    | policy: must be the address of a web socket
            robot             | "policy": "ws://me:word@example.org:8000"              | policy: must be the address of a web socket
            robot             | "policy": "ws://example.org:8000", "adapter": "mine"   | adapter: must be one of openpi, lerobot, none
            robot             | "policy": "ws://example.org:8000", "max_steps": 0      | max_steps: must be a whole number, at least 1
            robot             | "policy": "ws://example.org:8000", "image_keys": ["a"] | image_keys: only the adapter 'lerobot'
            command           | "command": " "                                         | command: must be a string of 1 to
            """)
    void whatCannotBeHadIsRefusedByName(String type, String members, String reason) {
        assertThatThrownBy(() -> check(type, members)).isInstanceOf(Problem.class).hasMessageContaining("agent.config." + reason);
    }

    @Test
    void aRobotsAgentCallsAPolicyAndNoModel() {
        assertThatCode(() -> check("robot", """
                "policy": "wss://example.org/pi0", "adapter": "lerobot", "image_keys": ["observation.images.top"], "max_steps": 300, "chunk_size": 8,
                "response_key": "action", "inference_timeout_seconds": 30, "timeout_seconds": null, "model_name": "A", "gateway": false"""))
                .doesNotThrowAnyException();
        assertThat(AgentSpec.model(agent("robot", "\"policy\": \"ws://example.org:8000\""))).isNull();
    }

    /** A program gets it as a word of its command line. */
    @Test
    void theSystemPromptOfAProgramIsBoundedAndAModelsIsNot() {
        var prompt = "\"system_prompt\": \"" + "ü".repeat(50_001) + "\"";
        assertThatThrownBy(() -> check("claude_cli", prompt)).hasMessageContaining("agent.config.system_prompt: must be a string of at most 100000");
        assertThatCode(() -> check("claude", prompt)).doesNotThrowAnyException();
    }

    /** A taskset's rows are for agents of any type; and a member that asks for nothing asks for nothing. */
    @Test
    void whatItsTypeDoesNotKnowIsIgnoredWhateverItSays() {
        assertThatCode(() -> check("claude", "\"mood\": \"fine\", \"temperature\": \"hot\", \"reasoning_effort\": \"high\""))
                .doesNotThrowAnyException();
        assertThatCode(() -> check("codex_cli", "\"auto_respond\": true, \"system_prompt\": \"Be brief.\", \"stop_on\": \"boredom\", \"api_key\": null"))
                .doesNotThrowAnyException();
    }

    @Test
    void theOperatorsOwnTypesAreTakenWithWhateverTheyAreSetUpWith() {
        assertThat(AgentSpec.check(agent("mine", "\"temperature\": \"hot\""), Set.of("mine"))).isEqualTo("mine");
        assertThatThrownBy(() -> AgentSpec.check(agent("mine", "\"timeout_seconds\": -1"), Set.of("mine")))
                .hasMessageContaining("agent.config.timeout_seconds");
        assertThatThrownBy(() -> AgentSpec.check(agent("other", ""), Set.of("mine")))
                .hasMessageContaining("agent.type").hasMessageContaining("'other'").hasMessageContaining("command, mine");
    }

    @Test
    void anAgentWithoutAModelCallsThatOfItsType() {
        assertThat(AgentSpec.model(agent("claude_cli", ""))).isEqualTo("claude-sonnet-5");
        assertThat(AgentSpec.model(agent("claude_cli", "\"checkpoint_name\": \"c\""))).isEqualTo("c");
        assertThat(AgentSpec.model(agent("command", "\"command\": \"true\""))).isNull();
    }

    private static void check(String type, String members) {
        AgentSpec.check(agent(type, members), Set.of());
    }

    private static JsonNode agent(String type, String members) {
        return JSON.readTree("{\"type\": \"" + type + "\", \"config\": {" + members + "}}");
    }
}
