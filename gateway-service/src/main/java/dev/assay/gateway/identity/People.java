// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.identity.Role;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The roles that people have in their teams, as the API spells them. */
final class People {

    static final List<String> ROLES = Stream.of(Role.values()).filter(Role::person).map(Role::word).toList();

    private People() {}

    static Optional<Role> role(String text) {
        return Stream.of(Role.values()).filter(Role::person).filter(role -> role.word().equals(text)).findFirst();
    }
}
