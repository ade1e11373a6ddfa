// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The pages in which the items of a kept call are read, by the names that OpenAI's clients give to a page's bounds. */
final class InputItems {

    private static final int USUAL = 20;
    private static final int MOST = 100;

    private InputItems() {}

    /**
     * @param id of the response
     * @param input the call's items, JSON
     * @param order null: the last first
     * @param after the id of the item behind which to go on; null: from the beginning
     * @throws ModelErrorException 400: a bound is none
     */
    static ResponseController.Items of(String id, byte[] input, @Nullable String order, @Nullable String after, @Nullable String limit) {
        var items = identified(id, input);
        switch (order == null ? "desc" : order) {
            case "asc" -> {}
            case "desc" -> Collections.reverse(items);
            default -> throw bad("order", "asc or desc");
        }
        var from = after == null ? 0 : behind(items, after);
        var to = Math.min(items.size(), from + limit(limit));
        var page = items.subList(from, to);
        return new ResponseController.Items(
                "list",
                List.copyOf(page),
                page.isEmpty() ? null : page.getFirst().path("id").asString(),
                page.isEmpty() ? null : page.getLast().path("id").asString(),
                to < items.size());
    }

    /** What its client sent without an id and a type gets what follows from its place. */
    private static List<ObjectNode> identified(String id, byte[] input) {
        var items = new ArrayList<ObjectNode>();
        for (var item : ModelJson.MAPPER.readTree(input)) {
            if (item instanceof ObjectNode object) {
                object.put("id", object.path("id").asString("item_" + items.size() + "_" + id));
                object.put("type", object.path("type").asString("message"));
                items.add(object);
            }
        }
        return items;
    }

    private static int behind(List<ObjectNode> items, String after) {
        for (var at = 0; at < items.size(); at++) {
            if (items.get(at).path("id").asString().equals(after)) {
                return at + 1;
            }
        }
        throw bad("after", "names no item of this response");
    }

    private static int limit(@Nullable String limit) {
        if (limit == null) {
            return USUAL;
        }
        if (!limit.matches("\\d{1,3}") || Integer.parseInt(limit) < 1 || Integer.parseInt(limit) > MOST) {
            throw bad("limit", "a whole number from 1 to " + MOST);
        }
        return Integer.parseInt(limit);
    }

    private static ModelErrorException bad(String name, String reason) {
        return new ModelErrorException(ModelError.badRequest(name, reason));
    }
}
