// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.assay.testsupport.ArchitectureRules;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theWallsHold() {
        ArchitectureRules.checkService("job");
    }

    @Test
    void theOnlyClockIsTheDatabases() {
        noClasses().should().dependOnClassesThat().areAssignableTo(Clock.class)
                .because("replicas' clocks differ: what ran out, and what came first, is for the database to say")
                .check(new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.assay.job"));
    }
}
