// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/** Each test begins without runs and sessions of others: its workers get what it has submitted itself. */
class EmptyQueue implements BeforeEachCallback {

    @Override
    public void beforeEach(ExtensionContext context) {
        var jdbc = SpringExtension.getApplicationContext(context).getBean(JdbcClient.class);
        jdbc.sql("delete from run").update();
        jdbc.sql("delete from session").update();
        jdbc.sql("delete from passed_over").update();
    }
}
