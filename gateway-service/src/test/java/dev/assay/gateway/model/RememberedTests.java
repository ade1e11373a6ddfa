// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.web.TimeLeft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class RememberedTests {

    private final List<String> read = new ArrayList<>();

    @Test
    void whatAllWillBeToldIsReadAlthoughWhoeverAsksHasNoTime() {
        var request = new MockHttpServletRequest();
        TimeLeft.set(request, Duration.ZERO);
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
        try {
            assertThat(new Remembered<String, Boolean>((key, last) -> TimeLeft.isOver()).get("a")).isFalse();
        } finally {
            RequestContextHolder.resetRequestAttributes();
        }
    }

    @Test
    void whatIsFreshIsNotReadAgainAndWhatWasChangedIs() {
        var remembered = new Remembered<String, Integer>((key, last) -> {
            read.add(key + " after " + last);
            return read.size();
        });
        assertThat(remembered.get("a")).isEqualTo(1);
        assertThat(remembered.get("a")).isEqualTo(1);
        remembered.changed("a");
        remembered.changed("b");
        assertThat(remembered.get("a")).isEqualTo(2);
        assertThat(read).containsExactly("a after null", "a after 1");
    }

    @Test
    void whileItCannotBeReadItStaysWhatItWasAndNobodyAsksAgainAtOnce() {
        var remembered = new Remembered<String, Integer>((key, last) -> {
            read.add(key);
            if (last != null) {
                throw new IllegalStateException("away");
            }
            return 7;
        });
        assertThat(remembered.get("a")).isEqualTo(7);
        remembered.changed("a");
        assertThat(remembered.get("a")).isEqualTo(7);
        assertThat(remembered.get("a")).isEqualTo(7);
        assertThat(read).hasSize(2);
    }

    @Test
    void whatNobodyKnowsCannotBeGuessed() {
        var remembered = new Remembered<String, Integer>((key, last) -> {
            throw new IllegalStateException("away");
        });
        assertThatThrownBy(() -> remembered.get("a")).hasMessage("away");
    }

    @Test
    void whileOneReadsOthersGoOnWithWhatIsThere() {
        var asked = new CountDownLatch(1);
        var told = new CountDownLatch(1);
        var remembered = new Remembered<String, Integer>((key, last) -> {
            if (last == null) {
                return 1;
            }
            asked.countDown();
            awaited(told);
            return 2;
        });
        remembered.get("a");
        remembered.changed("a");
        var reader = CompletableFuture.supplyAsync(() -> remembered.get("a"));
        awaited(asked);
        assertThat(remembered.get("a")).isEqualTo(1);
        told.countDown();
        assertThat(reader.join()).isEqualTo(2);
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
