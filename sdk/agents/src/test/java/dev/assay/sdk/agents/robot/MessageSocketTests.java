// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MessageSocketTests {

    @Test
    void theGreetingWaitsUntilItIsReadAndOfTheOthersTheNewest() throws Exception {
        var said = new CountDownLatch(1);
        try (var other = new PlayedSocket(to -> {
                    to.say("greeting");
                    to.say("first");
                    to.say("second");
                    to.ping();
                    said.countDown();
                    try {
                        to.hearBytes();
                    } catch (EOFException goodbye) {
                        // as it should be
                    }
                });
                var socket = new MessageSocket("it", MessageSocket.url(URI.create(other.url())), other::dial, 1 << 20)) {
            said.await();

            assertThat(Packed.unpack(socket.receive(Duration.ofSeconds(30)))).isEqualTo("greeting");
            socket.await(Duration.ofSeconds(30));
            assertThat(Packed.unpack(socket.receive(Duration.ofSeconds(30)))).isEqualTo("second");
        }
    }
}
