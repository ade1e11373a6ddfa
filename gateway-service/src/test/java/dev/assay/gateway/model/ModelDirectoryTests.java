// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What names stand for, with a fake of the catalog behind. */
@GatewayTest
class ModelDirectoryTests {

    @Autowired
    Models models;

    private final Caller caller = new Caller(TeamId.random(), new UserId(UUID.randomUUID()), Role.MEMBER);

    @BeforeEach
    void catalog() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", (exchange, seen) -> resolve(exchange));
    }

    private static void resolve(HttpExchange exchange) throws IOException {
        if (exchange.getRequestURI().getQuery().endsWith("model=acme/named")) {
            FakeService.send(exchange, 200, """
                    {"id": "11111111-1111-4111-8111-111111111111", "modelName": "acme/named", "provider": "provider", "upstreamModel": "named-1"}""");
        } else {
            FakeService.send(exchange, 404, "{\"detail\": \"no\", \"near\": [\"acme/named\", \"acme/other\"]}");
        }
    }

    @Test
    void aNameOfTheCatalogIsAskedForOnce() {
        assertThat(models.resolve(caller, "acme/named").targets()).containsExactly(new ModelResolution.Target("provider", "named-1", 1, 0));
        models.resolve(caller, "acme/named");
        assertThat(FakeServices.TRAINING.seen).hasSize(1);
    }

    @Test
    void anAliasStandsForAModelOfTheCatalog() {
        assertThat(models.resolve(caller, "NickName").slug()).isEqualTo("acme/named");
    }

    @Test
    void whatIsNotThereIsToldWithWhatIsNear() {
        assertThatThrownBy(() -> models.resolve(caller, "acme/nmaed")).isInstanceOfSatisfying(ModelErrorException.class, e -> {
            assertThat(e.error().status()).isEqualTo(404);
            assertThat(e.error().message()).contains("'acme/nmaed'", "Near it: acme/named, acme/other.");
        });
        FakeServices.TRAINING.on("GET /internal/models/resolve", 404, "no JSON");
        assertThatThrownBy(() -> models.resolve(caller, "something else")).hasMessageContaining("not found");
    }

    @Test
    void aNameThatTheCatalogDidNotHaveIsCalledAsSoonAsItHas() {
        assertThatThrownBy(() -> models.resolve(caller, "just-forked")).hasMessageContaining("not found");
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "22222222-2222-4222-8222-222222222222", "modelName": "just-forked", "provider": "trainer", "upstreamModel": "x"}""");
        assertThat(models.resolve(caller, "just-forked").slug()).isEqualTo("just-forked");
        models.resolve(caller, "just-forked");
        assertThat(FakeServices.TRAINING.seen).hasSize(2);
    }

    @Test
    void aNameThatStandsForAnotherIsNotAskedForEachTime() {
        models.resolve(caller, "nickname");
        models.resolve(caller, "nickname");
        assertThat(FakeServices.TRAINING.seen).as("once for the name, once for the model").hasSize(2);
    }

    @Test
    void aCatalogThatCannotBeAskedIsSaidAsThat() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 500, "{}");
        assertThatThrownBy(() -> models.resolve(caller, "never seen")).isInstanceOfSatisfying(ModelErrorException.class,
                e -> assertThat(e.error().status()).isEqualTo(503));
    }
}
