// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import java.util.List;
import org.springframework.stereotype.Component;

/** Signs of life from clients that drive runs. */
@Component
public class ClientActivity {

    private final Runs runs;

    ClientActivity(Runs runs) {
        this.runs = runs;
    }

    public void touch(List<RunId> ids) {
        runs.touch(ids);
    }
}
