// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.Leased;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** A service that gives leases, and what is said to it about them. */
final class LeaseDoor {

    /** A lease holds for longer: what is not answered by then is said again before it runs out. */
    private static final Duration SOON = Duration.ofSeconds(4);

    /** An outcome may be large. */
    private static final Duration LARGE = Duration.ofSeconds(20);

    private final RestClient patient;
    private final RestClient quick;
    private final RestClient large;

    LeaseDoor(InternalRest rest, String url, String service, Duration poll) {
        this.patient = rest.forWorker(url, service, poll.plusSeconds(10));
        this.quick = rest.forWorker(url, service, SOON);
        this.large = rest.forWorker(url, service, LARGE);
    }

    <A> @Nullable A ask(String path, Object request, ParameterizedTypeReference<A> answer) {
        return patient.post().uri(path).body(request).retrieve().body(answer);
    }

    static <L> List<L> of(@Nullable Leased<L> answer) {
        if (answer == null || answer.leases() == null) { // which is how another release's answer reads
            throw new IllegalStateException("a question for work was answered with nothing");
        }
        return answer.leases();
    }

    LeaseKeeper.Held renew(String path, Object id, Object renewal) throws LeaseLostException {
        var renewed = say(quick, path, id, renewal, LeaseRenewed.class);
        if (renewed == null) {
            throw new IllegalStateException("a renewal was answered with nothing");
        }
        return new LeaseKeeper.Held(Duration.ofMillis(renewed.ttlMillis()), renewed.cancel());
    }

    /** What is asked because of a lease. */
    <A> A ask(String path, Object id, Object question, Class<A> answer) throws LeaseLostException {
        var said = say(quick, path, id, question, answer);
        if (said == null) {
            throw new IllegalStateException(path + " was answered with nothing");
        }
        return said;
    }

    /** What is of many leases. */
    <A> A sayOfAll(String path, Object word, Class<A> answer) {
        return said(quick, path, word, answer);
    }

    <A> A tellOfAll(String path, Object word, Class<A> answer) {
        return said(large, path, word, answer);
    }

    private static <A> A said(RestClient client, String path, Object word, Class<A> answer) {
        var said = client.post().uri(path).body(word).retrieve().body(answer);
        if (said == null) {
            throw new IllegalStateException(path + " was answered with nothing");
        }
        return said;
    }

    /** What is of no lease. */
    void say(String path, Object word) {
        quick.post().uri(path).body(word).retrieve().toBodilessEntity();
    }

    void tell(String path, Object id, Object word) throws LeaseLostException {
        say(quick, path, id, word, Void.class);
    }

    void tellLarge(String path, Object id, Object word) throws LeaseLostException {
        say(large, path, id, word, Void.class);
    }

    private static <T> @Nullable T say(RestClient client, String path, Object id, Object word, Class<T> answer) throws LeaseLostException {
        try {
            return client.post().uri(path, id).body(word).retrieve().body(answer);
        } catch (HttpClientErrorException e) {
            if (e.getStatusCode().isSameCodeAs(HttpStatus.CONFLICT) || e.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND)) {
                throw new LeaseLostException();
            }
            throw e;
        }
    }
}
