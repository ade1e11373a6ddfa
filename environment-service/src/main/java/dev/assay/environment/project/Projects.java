// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.project;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Projects extends Repository<Project, UUID> {

    Optional<Project> findByTeamIdAndId(UUID team, UUID id);

    Optional<Project> findByTeamIdAndName(UUID team, String name);

    @Query("select p from Project p where p.teamId = :team and p.isDefault")
    Optional<Project> findDefault(UUID team);

    /** A project as lists show it: a long description is cut, and says so. */
    record Summary(UUID id, String name, @Nullable String description, boolean isDefault, Instant createdAt) {}

    @Query("""
            select new dev.assay.environment.project.Projects$Summary(
                p.id, p.name,
                case when length(p.description) > 1000
                    then concat(left(p.description, 1000), ' … (', cast(length(p.description) as string), ' characters in all)')
                    else p.description end,
                p.isDefault, p.createdAt)
            from Project p where p.teamId = :team and locate(:search, p.name) > 0
            order by case when p.name = :search then 0 else 1 end, p.createdAt, p.id limit :limit offset :offset""")
    List<Summary> page(UUID team, String search, int limit, int offset);

    @Query("select count(p) from Project p where p.teamId = :team and locate(:search, p.name) > 0")
    long count(UUID team, String search);
}
