// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.assay.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void keepsTheWalls() {
        ArchitectureRules.checkService("trainer");
    }

    @Test
    void itKnowsNothingOfSandboxesNorOfStores() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("dev.assay.sdk..", "java.sql..", "org.apache.kafka..")
                .because("a trainer asks training-service, and computes")
                .check(new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.assay.trainer"));
    }
}
