// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An answer's blocks, put together from its pieces. */
final class Gathered {

    /** One block. Grows until it is closed. */
    static final class Part {

        final int index;
        final Piece.Kind kind;
        final @Nullable String callId;
        final @Nullable String tool;
        final StringBuilder text = new StringBuilder();
        final List<JsonNode> tokens = new ArrayList<>();
        @Nullable String seal;
        boolean hidden;

        private Part(int index, Piece.Open open) {
            this.index = index;
            this.kind = open.kind();
            this.callId = open.callId();
            this.tool = open.tool();
        }

        boolean is(Piece.Kind kind) {
            return this.kind == kind;
        }

        /** A call's arguments, JSON or what was said instead. */
        String arguments() {
            return text.toString().isBlank() ? "{}" : text.toString();
        }
    }

    final List<Part> parts = new ArrayList<>();

    void add(Piece piece) {
        switch (piece) {
            case Piece.Open open -> parts.add(new Part(parts.size(), open));
            case Piece.More(var text) -> open().text.append(text);
            case Piece.Seal(var seal, var hidden) -> {
                open().seal = seal;
                open().hidden = hidden;
            }
            case Piece.Tokens(var tokens) -> open().tokens.addAll(tokens);
            default -> {}
        }
    }

    Part open() {
        return parts.getLast();
    }

    List<Part> of(Piece.Kind kind) {
        return parts.stream().filter(part -> part.is(kind)).toList();
    }

    /** All texts of a kind, one behind the other. */
    String text(Piece.Kind kind) {
        var text = new StringBuilder();
        of(kind).forEach(part -> text.append(part.text));
        return text.toString();
    }
}
