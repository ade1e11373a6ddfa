// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

class AdmissionTests {

    private final MockMvcTester mvc = MockMvcTester.create(
            MockMvcBuilders.standaloneSetup(new Named(), new Unnamed(), new Open()).addInterceptors(new Admission()).build());

    @Test
    void aHandlerLetsInWhomItNames() {
        assertThat(admitted("/worker")).containsExactly(Role.WORKER);
        assertThat(admitted("/trainer")).containsExactly(Role.TRAINER);
        assertThat(admitted("/several")).containsExactlyInAnyOrder(Role.RUN, Role.SERVICE);
    }

    @Test
    void theHandlerHasTheWordBeforeItsController() {
        assertThat(admitted("/inherited")).containsExactlyInAnyOrder(Role.VIEWER, Role.MEMBER, Role.ADMINISTRATOR);
        assertThat(admitted("/administrator")).containsExactly(Role.ADMINISTRATOR);
    }

    @Test
    void whoMayMoreMayLessAmongPeopleAlone() {
        assertThat(admitted("/member")).containsExactlyInAnyOrder(Role.MEMBER, Role.ADMINISTRATOR);
    }

    @Test
    void aHandlerThatNamesNobodyLetsNobodyIn() {
        assertThat(admitted("/unnamed")).isEmpty();
        assertThat(status("/unnamed", null)).isEqualTo(404);
    }

    @Test
    void aHandlerForAnybodyAsksForNoCredential() {
        assertThat(status("/open", null)).isEqualTo(200);
        assertThat(status("/member", null)).isEqualTo(401);
    }

    @Test
    void peopleLearnNothingOfDoorsThatAreNotForPeople() {
        assertThat(status("/worker", Role.ADMINISTRATOR)).isEqualTo(404);
        assertThat(status("/worker", Role.SERVICE)).isEqualTo(403);
        assertThat(status("/administrator", Role.MEMBER)).isEqualTo(403);
    }

    private Set<Role> admitted(String path) {
        return Arrays.stream(Role.values())
                .filter(role -> status(path, role) == 200)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
    }

    private int status(String path, @Nullable Role role) {
        var request = mvc.get().uri(path);
        if (role != null) {
            request = request.requestAttr(CallerFilter.ATTRIBUTE, new Caller(TeamId.random(), UserId.random(), role));
        }
        return request.exchange().getResponse().getStatus();
    }

    @RestController
    @Admits(Role.VIEWER)
    static class Named {

        @GetMapping("/inherited")
        void inherited() {}

        @Admits(Role.MEMBER)
        @GetMapping("/member")
        void member() {}

        @Admits(Role.ADMINISTRATOR)
        @GetMapping("/administrator")
        void administrator() {}

        @Admits(Role.WORKER)
        @GetMapping("/worker")
        void worker() {}

        @Admits(Role.TRAINER)
        @GetMapping("/trainer")
        void trainer() {}

        @Admits({Role.RUN, Role.SERVICE})
        @GetMapping("/several")
        void several() {}
    }

    @RestController
    static class Unnamed {

        @GetMapping("/unnamed")
        void unnamed() {}
    }

    @RestController
    static class Open {

        @AdmitsAnybody
        @GetMapping("/open")
        void open() {}
    }
}
