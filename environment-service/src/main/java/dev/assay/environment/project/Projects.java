// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.project;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface Projects extends Repository<Project, UUID> {

    Optional<Project> findByTeamIdAndId(UUID team, UUID id);

    Optional<Project> findByTeamIdAndName(UUID team, String name);

    @Query("select p from Project p where p.teamId = :team and p.isDefault")
    Optional<Project> findDefault(UUID team);

    @Query("select count(p) from Project p where p.teamId = :team and locate(:search, p.name) > 0")
    long count(UUID team, String search);
}
