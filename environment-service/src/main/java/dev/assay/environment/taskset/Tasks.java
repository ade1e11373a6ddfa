// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Tasks extends Repository<Task, UUID> {

    void saveAll(Iterable<Task> tasks);

    @Query("select t from Task t where t.tasksetId = :taskset and t.fields.name in :names")
    List<Task> named(UUID taskset, Collection<String> names);

    /** -1: there is none. Positions begin at 0 and none is left out. */
    @Query("select coalesce(max(t.position), -1) from Task t where t.tasksetId = :taskset")
    int lastPosition(UUID taskset);
}
