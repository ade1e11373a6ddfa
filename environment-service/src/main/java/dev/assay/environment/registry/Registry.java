// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.registry;

import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.TeamId;
import dev.assay.environment.listing.Page;
import dev.assay.environment.listing.Window;
import dev.assay.environment.project.ProjectId;
import dev.assay.kit.sealing.SecretBox;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The environments of teams. */
@Component
@Transactional
public class Registry {

    private final Environments environments;
    private final SecretBox secrets;
    private final JdbcClient jdbc;
    private final Clock clock;

    Registry(Environments environments, SecretBox secrets, JdbcClient jdbc, Clock clock) {
        this.environments = environments;
        this.secrets = secrets;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public Optional<Environment> find(TeamId team, EnvironmentName name) {
        return environments.findByTeamIdAndName(team.value(), name.value());
    }

    /** @throws Problem 404 if the team has no such environment */
    public Environment require(TeamId team, EnvironmentId id) {
        return environments
                .findByTeamIdAndId(team.value(), id.value())
                .orElseThrow(() -> unknown(id));
    }

    /** The environment of that name, made if there is none, locked until the transaction ends. */
    public Environment getOrCreate(TeamId team, EnvironmentName name, ProjectId project) {
        var now = clock.instant().atOffset(ZoneOffset.UTC);
        jdbc.sql("""
                        insert into environments (id, team_id, project_id, name, last_number, created_at, updated_at)
                        values (:id, :team, :project, :name, 0, :now, :now)
                        on conflict do nothing""")
                .param("id", UUID.randomUUID())
                .param("team", team.value())
                .param("project", project.value())
                .param("name", name.value())
                .param("now", now)
                .update();
        return environments.lock(team.value(), name.value()).orElseThrow();
    }

    /** An environment that is there, locked until the transaction ends. */
    public Environment lock(EnvironmentId id) {
        return environments.lock(id.value()).orElseThrow();
    }

    /** Sets variables; those that are not named stay as they are. */
    public void setVariables(Environment environment, Map<String, String> changes) {
        if (!changes.isEmpty()) {
            var variables = new LinkedHashMap<>(variables(environment));
            variables.putAll(changes);
            environment.keep(secrets.seal(variables, environment.id()));
        }
    }

    /** Takes a variable away; one that is not there is taken away already. */
    void removeVariable(TeamId team, EnvironmentId id, String name) {
        var environment = environments.lock(team.value(), id.value()).orElseThrow(() -> unknown(id));
        var variables = new LinkedHashMap<>(variables(environment));
        variables.remove(name);
        environment.keep(secrets.seal(variables, environment.id()));
    }

    /** Takes all variables away, also those that cannot be opened. */
    void removeVariables(TeamId team, EnvironmentId id) {
        environments.lock(team.value(), id.value()).orElseThrow(() -> unknown(id)).keep(null);
    }

    /** What the environment's sandboxes get, in the clear. */
    public Map<String, String> variables(Environment environment) {
        return secrets.open(environment.sealedVariables(), environment.id());
    }

    /** The same, for who knows only the id. */
    public Map<String, String> variables(EnvironmentId id) {
        return variables(environments.findById(id.value()).orElseThrow());
    }

    Page<Environment> list(TeamId team, @Nullable String search, boolean byName, Window window) {
        var wanted = search == null || search.isBlank() ? "" : EnvironmentName.of(search).value();
        var page = byName ? byName(team.value(), wanted, window) : newestFirst(team.value(), wanted, window);
        return Page.of(page, Environment::seq, environments.count(team.value(), wanted), window);
    }

    private List<Environment> newestFirst(UUID team, String wanted, Window window) {
        return wanted.isEmpty() // then an index has the order
                ? environments.newestFirst(team, window.before(), window.limit() + 1, window.offset())
                : environments.newestFirst(team, wanted, window.before(), window.limit() + 1, window.offset());
    }

    /** A cursor is the same as in the other order: the row it tells of has a name, too. */
    private List<Environment> byName(UUID team, String wanted, Window window) {
        var after = window.cursor() == null
                ? ""
                : environments.findByTeamIdAndSeq(team, window.cursor()).orElseThrow(Window::foreignCursor).name();
        return wanted.isEmpty()
                ? environments.byName(team, after, window.limit() + 1, window.offset())
                : environments.byName(team, wanted, after, window.limit() + 1, window.offset());
    }

    private static Problem unknown(EnvironmentId id) {
        return Problem.notFound("There is no environment " + id + ".");
    }
}
