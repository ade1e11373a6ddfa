// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import java.util.UUID;

/** The id of one kind of thing. On the wire it is a dashed UUID in lower case; read it is in any form that {@link Uuids#parse} takes. */
public interface Id {

    UUID value();
}
