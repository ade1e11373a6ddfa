// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Tasks extends Repository<Task, UUID> {

    void saveAll(Iterable<Task> tasks);

    @Query("select t from Task t where t.tasksetId = :taskset and t.position > :position order by t.position limit :limit")
    List<Task> after(UUID taskset, int position, int limit);

    @Query("select t from Task t where t.tasksetId = :taskset order by t.position limit :limit offset :offset")
    List<Task> page(UUID taskset, int limit, int offset);

    long countByTasksetId(UUID taskset);

    @Query("select t from Task t where t.tasksetId = :taskset and t.fields.name in :names")
    List<Task> named(UUID taskset, Collection<String> names);

    @Query("select coalesce(max(t.position), -1) from Task t where t.tasksetId = :taskset")
    int lastPosition(UUID taskset);
}
