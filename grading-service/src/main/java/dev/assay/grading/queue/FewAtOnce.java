// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.queue;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Does work that is taken from a table under a lease, a few pieces at once: what is not finished by then is taken again. */
public final class FewAtOnce<T> {

    private static final Logger log = LoggerFactory.getLogger(FewAtOnce.class);

    private final String what;
    private final Semaphore free;
    private final IntFunction<List<T>> take;
    private final Consumer<T> work;

    /**
     * @param what it is, for people
     * @param take at most so many
     */
    public FewAtOnce(String what, int most, IntFunction<List<T>> take, Consumer<T> work) {
        this.what = what;
        this.free = new Semaphore(most);
        this.take = take;
        this.work = work;
    }

    /** Begins what there is to do and room for. */
    public void look() {
        var places = free.drainPermits();
        List<T> taken = List.of();
        try {
            taken = places == 0 ? List.of() : take.apply(places);
        } catch (DataAccessException | TransactionException e) {
            log.warn("{} wait for the database: {}", what, e.toString());
        } finally {
            free.release(places - taken.size());
        }
        taken.forEach(one -> Thread.ofVirtual().name(what).start(() -> {
            try {
                work.accept(one);
            } catch (RuntimeException e) {
                log.error("{}: {} is done again once its lease has run out", what, one, e);
            } finally {
                free.release();
            }
        }));
    }
}
