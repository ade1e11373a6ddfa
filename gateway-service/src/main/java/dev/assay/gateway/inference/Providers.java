// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.web.BytesInFlight;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The providers that this gateway knows: the built-in ones and the configured ones. */
@Component
class Providers {

    private final Map<String, Provider> byName = new HashMap<>();

    Providers(List<Provider> builtIn, Upstreams configured, InferenceSettings settings, BytesInFlight inFlight, Clock clock) {
        builtIn.forEach(this::add);
        configured.upstreams().forEach(upstream -> add(new UpstreamProvider(upstream, settings, inFlight, clock)));
    }

    Provider named(ResolvedModel model) {
        var provider = byName.get(model.provider().toLowerCase(Locale.ROOT));
        if (provider == null) {
            throw new ModelErrorException(ModelError.of(503, "Model '" + model.modelName() + "' is served by the provider '"
                            + model.provider() + "', which this gateway does not know: its operator adds it with ASSAY_UPSTREAMS_0_NAME and _BASE_URL.")
                    .andNoUseTryingAgain());
        }
        return provider;
    }

    private void add(Provider provider) {
        if (byName.put(provider.name().toLowerCase(Locale.ROOT), provider) != null) {
            throw new IllegalStateException("two providers are named " + provider.name());
        }
    }
}
