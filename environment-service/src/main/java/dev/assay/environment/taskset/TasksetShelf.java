// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.TasksetId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.Uuids;
import dev.assay.environment.listing.Names;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import dev.assay.environment.project.ProjectDirectory;
import dev.assay.environment.project.ProjectId;
import dev.assay.environment.registry.Registry;
import dev.assay.environment.taskset.UploadCheck.Found;
import dev.assay.environment.version.VersionCatalog;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The tasksets of teams. */
@Component
@Transactional
class TasksetShelf {

    private final Tasksets tasksets;
    private final Tasks tasks;
    private final ProjectDirectory projects;
    private final Registry registry;
    private final VersionCatalog versions;
    private final JdbcClient jdbc;
    private final Clock clock;

    TasksetShelf(
            Tasksets tasksets,
            Tasks tasks,
            ProjectDirectory projects,
            Registry registry,
            VersionCatalog versions,
            JdbcClient jdbc,
            Clock clock) {
        this.tasksets = tasksets;
        this.tasks = tasks;
        this.projects = projects;
        this.registry = registry;
        this.versions = versions;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    record Stored(Taskset taskset, int created, int updated, long total) {}

    Optional<Taskset> named(TeamId team, String name) {
        return Names.isStorable(name) ? tasksets.findByTeamIdAndName(team.value(), name) : Optional.empty();
    }

    /** @throws Problem 404 if the team has no such taskset */
    Taskset require(TeamId team, TasksetId id) {
        return tasksets.findByTeamIdAndId(team.value(), id.value()).orElseThrow(() -> unknown(id));
    }

    /** As many as there are positions: no task is ever deleted. */
    long size(TasksetId id) {
        return tasks.lastPosition(id.value()) + 1;
    }

    Page<Tasksets.Summary> list(TeamId team, @Nullable String search, Window window) {
        var wanted = search == null || !Names.isStorable(search) ? "" : search;
        var page = tasksets.page(team.value(), wanted, window.before(), window.limit() + 1, window.offset());
        return Page.of(page, Tasksets.Summary::seq, tasksets.count(team.value(), wanted), window);
    }

    Taskset create(Caller caller, @Nullable String wanted, @Nullable ProjectId wantedProject) {
        var name = Names.requireInAddress("name", wanted);
        var project = projects.choose(caller, wantedProject).id();
        var created = insert(caller, name, project);
        var taskset = tasksets.findByTeamIdAndName(caller.team().value(), name).orElseThrow();
        if (!created && !taskset.isRepeatedBy(caller.user().value(), project, clock.instant())) {
            throw Problem.conflict("There is a taskset '" + name + "' already.");
        }
        return taskset;
    }

    /** Stores all tasks of an upload or none: new names go to the end, known names are replaced in their place, nothing is deleted. */
    Stored store(Caller caller, TaskUpload upload) {
        var taskset = lock(caller, upload);
        check(caller.team(), upload.items());
        var fields = upload.items().stream().map(TaskItem::fields).toList();
        var known = tasks.named(taskset.id().value(), fields.stream().map(TaskFields::name).toList()).stream()
                .collect(Collectors.toMap(task -> task.fields().name(), Function.identity()));
        var now = clock.instant();
        int position = tasks.lastPosition(taskset.id().value());
        var added = new ArrayList<Task>();
        for (var task : fields) {
            var old = known.get(task.name());
            if (old == null) {
                added.add(new Task(taskset.id(), ++position, task, now));
            } else {
                old.replace(task, now);
            }
        }
        tasks.saveAll(added);
        taskset.changed(now);
        return new Stored(taskset, added.size(), known.size(), size(taskset.id()));
    }

    /** The lock keeps two uploads to one taskset apart: positions and names are given out one upload after the other. */
    private Taskset lock(Caller caller, TaskUpload upload) {
        var team = caller.team().value();
        if (upload.id() != null) {
            return tasksets.lock(team, upload.id().value()).orElseThrow(() -> unknown(upload.id()));
        }
        return uuid(upload.name())
                .flatMap(id -> tasksets.lock(team, id))
                .or(() -> tasksets.lock(team, upload.name()))
                .orElseGet(() -> {
                    insert(caller, upload.name(), projects.choose(caller, upload.project()).id());
                    return tasksets.lock(team, upload.name()).orElseThrow();
                });
    }

    private void check(TeamId team, List<TaskItem> items) {
        var found = new HashMap<String, Found>();
        for (var name : UploadCheck.environments(items)) {
            found.put(name, registry.find(team, EnvironmentName.of(name))
                    .filter(environment -> versions.isMeant(environment, name))
                    .<Found>map(environment -> versions.manifest(environment)
                            .<Found>map(Found.Built::new)
                            .orElseGet(Found.NotBuilt::new))
                    .orElseGet(Found.Nothing::new));
        }
        UploadCheck.check(items, found);
    }

    private boolean insert(Caller caller, String name, ProjectId project) {
        return jdbc.sql("""
                        insert into tasksets (id, team_id, project_id, name, created_by, created_at, updated_at)
                        values (:id, :team, :project, :name, :user, :now, :now)
                        on conflict do nothing""")
                        .param("id", UUID.randomUUID())
                        .param("team", caller.team().value())
                        .param("project", project.value())
                        .param("name", name)
                        .param("user", caller.user().value())
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    private static Optional<UUID> uuid(String name) {
        try {
            return Optional.of(Uuids.parse(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Problem unknown(TasksetId id) {
        return Problem.notFound("There is no taskset " + id + ".");
    }
}
