// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.TeamId;

/**
 * {@code POST /internal/sessions/{session}/knock}: somebody of a team wants a tunnel. It is a sign of life, and answered with a
 * {@link SessionPlace}, or 404 when the team has no such session.
 *
 * @param waitMillis how long to wait for a session that is still on its way
 */
public record SessionKnock(TeamId team, long waitMillis) {}
