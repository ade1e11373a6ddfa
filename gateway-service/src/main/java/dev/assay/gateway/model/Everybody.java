// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;

/** Whose the things are that no team has and all use. They are the operator's to enter, who is of no team; their rows have none. */
public final class Everybody {

    public static final TeamId TEAM = Caller.of(Role.OPERATOR).team();

    /** In statements: the rows of {@code :team}, by the index on this expression. */
    public static final String ROWS = "coalesce(team_id, '00000000-0000-0000-0000-000000000000') = :team";

    /** In statements: what stands in the column. */
    public static final String COLUMN = "nullif(:team, '00000000-0000-0000-0000-000000000000'::uuid)";

    private Everybody() {}
}
