// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Identity")
class MemberController {

    private final Members members;

    MemberController(Members members) {
        this.members = members;
    }

    @Schema(example = "{\"email\": \"bo@example.org\", \"name\": \"Bo\", \"role\": \"member\"}")
    record MemberInvitation(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, maxLength = Names.LONGEST, pattern = "^" + Names.EMAIL + "$",
                    description = "As the provider verifies it; capital letters are the same as small ones.")
                    @Nullable String email,
            @Schema(minLength = 1, maxLength = Names.LONGEST, pattern = "\\S", description = "The e-mail if left out.")
                    @Nullable String name,
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, allowableValues = {"viewer", "member", "administrator"})
                    @Nullable String role) {}

    @Schema(example = "{\"role\": \"viewer\"}", description = "What is left out stays.")
    record MemberChange(
            @Schema(allowableValues = {"viewer", "member", "administrator"}) @Nullable String role,
            @Schema(maxLength = Names.LONGEST, pattern = "^" + Names.EMAIL + "$",
                    description = "Whoever signs in next with this e-mail is this member from then on; who was it before is signed out.")
                    @Nullable String email) {}

    /** Somebody of the team. */
    record TeamMember(
            UUID id,
            String name,
            @Schema(description = "Null: has keys alone.") @Nullable String email,
            String role,
            @Schema(description = "Whether whoever signs in next with this e-mail becomes this member.") boolean invited,
            @Schema(description = "Of a browser; null: never.") @Nullable Instant last_sign_in,
            Instant created_at,
            @Schema(description = "How many keys they have.") int keys) {

        static TeamMember of(Members.Member member) {
            return new TeamMember(
                    member.id(), member.name(), member.email(), member.role().word(), member.invited(), member.lastSignIn(),
                    member.createdAt(), member.keys());
        }
    }

    record MemberList(List<TeamMember> items, int total) {}

    @Operation(summary = "The team's members", description = "Whoever has keys or may sign in, who came first first.")
    @Admits(Role.VIEWER)
    @GetMapping("/v2/team/members")
    MemberList list(Caller caller) {
        var items = members.of(caller.team().value()).stream().map(TeamMember::of).toList();
        return new MemberList(items, items.size());
    }

    @Operation(
            summary = "Invite a member",
            description = "By the e-mail that the provider verifies: whoever signs in with it first is this member from then on, and "
                    + "nobody who comes with it later. No mail is sent. Takes an administrator.")
    @Admits(Role.ADMINISTRATOR)
    @PostMapping("/v2/team/members")
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "The team has somebody of that e-mail or name, or as many members as it may.")
    TeamMember invite(@RequestBody MemberInvitation wanted, Caller caller) {
        if (wanted.role() == null) {
            throw Problem.badRequest("role", "required");
        }
        if (wanted.email() == null) {
            throw Problem.badRequest("email", "required");
        }
        return TeamMember.of(members.invite(caller, email(wanted.email()), name(wanted.name()), role(wanted.role())));
    }

    @Operation(
            summary = "Change a member",
            description = "What they may do, with every key and browser, within two seconds; or by which e-mail they come. "
                    + "Takes an administrator.")
    @Admits(Role.ADMINISTRATOR)
    @PatchMapping("/v2/team/members/{id}")
    @Refuses(status = 409, when = "Somebody else has the e-mail, or the team would be left without an administrator who can sign in.")
    TeamMember change(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, @RequestBody MemberChange wanted,
            Caller caller) {
        var member = members.require(caller, ReadUuid.of("id", id));
        if (wanted.role() == null && wanted.email() == null) {
            throw Problem.badRequest("role", "nothing is changed: give a role, an email, or both");
        }
        return TeamMember.of(members.change(
                caller, member.id(), wanted.role() == null ? null : role(wanted.role()),
                wanted.email() == null ? null : email(wanted.email())));
    }

    @Operation(
            summary = "Remove a member",
            description = "Their keys and browsers open nothing more within two seconds. What they made stays. Takes an administrator.")
    @Admits(Role.ADMINISTRATOR)
    @DeleteMapping("/v2/team/members/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 409, when = "The team would be left without an administrator who can sign in.")
    void remove(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        members.remove(caller, ReadUuid.of("id", id));
    }

    private static Role role(String word) {
        return People.role(word).orElseThrow(() -> Problem.badRequest("role", "must be one of " + People.ROLES));
    }

    private static String email(String said) {
        return Names.email(said).orElseThrow(() -> Problem.badRequest(
                "email", "has to be an address as ada@example.org, in ASCII, of at most " + Names.LONGEST + " characters"));
    }

    private static @Nullable String name(@Nullable String said) {
        if (said == null) {
            return null;
        }
        if (said.isBlank() || said.length() > Names.LONGEST || said.chars().anyMatch(Character::isISOControl)) {
            throw Problem.badRequest("name", "has to be 1 to " + Names.LONGEST + " characters, none of them a control character");
        }
        return said.strip();
    }
}
