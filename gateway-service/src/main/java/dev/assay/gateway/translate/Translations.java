// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;

/** From which dialect into which a call can be turned, and how. */
public final class Translations {

    private Translations() {}

    /** Whether an upstream that speaks {@code of} can serve a client that speaks {@code asked}, which is another. */
    public static boolean can(Dialect asked, Dialect of, Operation operation) {
        return false;
    }

    /**
     * @param upstreamModel as the upstream calls the model
     * @throws ModelErrorException 400 naming the member that the other dialect has no way to say
     */
    public static TranslatedCall call(Route route, Body body, CallHead head, Dialect to, String upstreamModel) {
        throw new ModelErrorException(ModelError.of(501, "This model's upstream speaks another dialect than this path.").andNoUseTryingAgain());
    }
}
