// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Has answers that fail in the middle break off, in every service. */
@AutoConfiguration
public class RowsConfiguration {

    @Bean
    BrokenAnswers brokenAnswers() {
        return new BrokenAnswers();
    }
}
