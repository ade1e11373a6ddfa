// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.contracts.TeamId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes recordings down as files: each as it is at one moment, whatever is loaded, recorded or deleted while it is written. */
@Component
class RecordingSnapshots {

    /** Calls are held as they are and as text. */
    private static final int AT_ONCE = 4;

    private final RecordingRows rows;
    private final TransactionTemplate moment;

    RecordingSnapshots(RecordingRows rows, PlatformTransactionManager transactions) {
        this.rows = rows;
        this.moment = new TransactionTemplate(transactions);
        moment.setReadOnly(true);
        moment.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    }

    /**
     * @param out something that takes it quickly: a transaction lasts for as long
     * @return false: there is no recording of that name, and nothing was written
     */
    boolean write(TeamId team, String name, OutputStream out) throws IOException {
        try {
            return Boolean.TRUE.equals(moment.execute(unused -> written(team, name, out)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private boolean written(TeamId team, String name, OutputStream out) {
        var row = rows.find(team, name);
        if (row.isEmpty()) {
            return false;
        }
        line(out, RecordingFile.head(row.get().ignore()));
        var id = row.get().id();
        for (var page = rows.page(id, "", -1, AT_ONCE); !page.isEmpty(); ) {
            page.forEach(call -> line(out, RecordingFile.line(call)));
            page = rows.page(id, page.getLast().key(), page.getLast().n(), AT_ONCE);
        }
        return true;
    }

    private static void line(OutputStream out, String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
