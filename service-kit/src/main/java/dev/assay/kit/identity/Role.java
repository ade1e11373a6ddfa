// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import java.util.Locale;

/** Who a caller is; what each may do stands beside the handlers that {@link Admits admit} it. */
public enum Role {
    /** Somebody of a team who may look. */
    VIEWER,
    /** Somebody of a team who may also work: whatever a viewer may, and more. */
    MEMBER,
    /** Somebody of a team who may also add to the model catalog and revoke the keys of others: whatever a member may, and more. */
    ADMINISTRATOR,
    /** The holder of a run's key, for that run alone. */
    RUN,
    /** Nobody in particular: the address that was asked for holds a grant of its own, which its handler checks. */
    GRANT,
    /** A worker. */
    WORKER,
    /** A trainer. */
    TRAINER,
    /** Another service, for itself. */
    SERVICE,
    /** The holder of the operator's token: above all teams, of none. */
    OPERATOR;

    /** As people and the API spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this is somebody of a team. */
    public boolean person() {
        return compareTo(ADMINISTRATOR) <= 0;
    }

    /** Whether who has this role may enter where the other one is named: people also below their own rank. */
    public boolean covers(Role named) {
        return this == named || person() && named.person() && compareTo(named) > 0;
    }
}
