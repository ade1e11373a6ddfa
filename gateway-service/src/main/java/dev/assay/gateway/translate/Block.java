// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A piece of a turn. */
public sealed interface Block {

    record Text(String text) implements Block {}

    /** @param detail how closely it is to be looked at, in OpenAI's words; null: not said */
    record Image(Source source, @Nullable String detail) implements Block {}

    /** A PDF. @param title null: none */
    record Document(Source source, @Nullable String title) implements Block {}

    /** @param namespace the group that its tool stands in (Responses); null: none */
    record ToolCall(String id, String name, @Nullable String namespace, Arguments arguments) implements Block {}

    /**
     * What a tool gave back.
     *
     * @param id of the call
     * @param blocks texts, images and documents
     */
    record ToolResult(String id, List<Block> blocks, boolean failed) implements Block {}

    /**
     * What a model thought.
     *
     * @param seal by which its provider knows it again; null: none, then no provider takes it back
     * @param hidden whether there is nothing to read but the seal
     */
    record Thinking(String text, @Nullable String seal, boolean hidden) implements Block {}

    record Refusal(String text) implements Block {}

    /** Where bytes are. */
    sealed interface Source {
        /** @param base64 in the standard alphabet */
        record Inline(String mime, String base64) implements Source {}

        record Link(String url) implements Source {}
    }

    sealed interface Arguments {
        record Json(ObjectNode value) implements Arguments {}

        /** A free text, or what should have been JSON and is not. */
        record Raw(String text) implements Arguments {}
    }
}
