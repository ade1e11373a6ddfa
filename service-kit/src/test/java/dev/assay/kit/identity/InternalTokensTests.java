// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.PlainHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InternalTokensTests {

    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Caller MEMBER = new Caller(TeamId.random(), UserId.random(), Role.MEMBER);

    @TempDir
    Path folder;

    private final AtomicReference<Instant> time = new AtomicReference<>(NOW);
    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return time.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };

    private Parties parties() {
        return new Parties(folder, clock);
    }

    @Test
    void theGatewaySpeaksForPeople() {
        var token = parties().service("gateway-service").mint(MEMBER, "job-service");
        assertThat(parties().service("job-service").verify(token)).contains(MEMBER);
    }

    @Test
    void jobServiceLendsTokensToWorkersWithoutKeysAndNobodyElseSpeaksForThem() {
        var lent = parties().service("job-service").lend("enrolled/far-away", "environment-service", Duration.ofMinutes(2));
        assertThat(parties().service("environment-service").verify(lent)).map(Caller::requireWorker).contains("enrolled/far-away");
        assertThat(parties().service("job-service").verify(lent)).isEmpty();
        for (var other : new InternalTokens[] {
            parties().service("trace-service"), parties().service("gateway-service"), parties().worker("worker", "near"),
            parties().worker("enrolled", "far-away")
        }) {
            var forged = other.lend("enrolled/far-away", "environment-service", Duration.ofMinutes(2));
            assertThat(parties().service("environment-service").verify(forged)).isEmpty();
        }
        var others = parties().service("job-service").lend("worker/near", "environment-service", Duration.ofMinutes(2));
        assertThat(parties().service("environment-service").verify(others)).as("a worker that has keys").isEmpty();
        time.set(NOW.plus(Duration.ofMinutes(2)));
        assertThat(parties().service("environment-service").verify(lent)).isEmpty();
    }

    @Test
    void theHolderOfARunKeyIsThatOfOneAttempt() {
        var key = new RunKeys.RunKey(TeamId.random(), new RunId(UUID.randomUUID()), 2, null);
        var token = parties().service("gateway-service").mint(Caller.holding(key), "trace-service");
        assertThat(parties().service("trace-service").verify(token)).hasValueSatisfying(caller -> {
            assertThat(caller.role()).isEqualTo(Role.RUN);
            assertThat(caller.run()).isEqualTo(key.run());
            assertThat(caller.attempt()).isEqualTo(2);
        });
    }

    @Test
    void theHolderOfARunKeySpeaksForARunThatWasBegunInsideWithoutAnAttempt() {
        var key = new RunKeys.RunKey(TeamId.random(), new RunId(UUID.randomUUID()), 2, null);
        var caller = Caller.holdingInside(key, new RunId(UUID.randomUUID()));
        var token = parties().service("gateway-service").mint(caller, "trace-service");
        assertThat(parties().service("trace-service").verify(token)).contains(caller);
    }

    @Test
    void nobodyElseSpeaksForPeople() {
        for (var issuer : new String[] {"job-service", "environment-service"}) {
            for (var role : EnumSet.complementOf(EnumSet.of(Role.SERVICE))) {
                var token = parties().service(issuer).mint(new Caller(MEMBER.team(), MEMBER.user(), role), "trace-service");
                assertThat(parties().service("trace-service").verify(token)).as("%s as %s", issuer, role).isEmpty();
            }
            var own = parties().service(issuer).mint(Role.SERVICE, "trace-service");
            assertThat(parties().service("trace-service").verify(own)).as(issuer).isPresent();
        }
    }

    @Test
    void aWorkerIsAWorkerWhateverItClaims() {
        var worker = parties().worker("worker", "one");
        for (var role : Role.values()) {
            var verified = parties().service("job-service").verify(worker.mint(new Caller(MEMBER.team(), MEMBER.user(), role), "job-service"));
            if (role == Role.WORKER) {
                assertThat(verified).contains(Caller.named(Role.WORKER, "worker/one"));
            } else {
                assertThat(verified).as("%s", role).isEmpty();
            }
        }
    }

    @Test
    void aTrainerIsATrainerWhateverItClaims() {
        for (var issuer : new String[] {"trainer", "trainer-far-away"}) {
            var trainer = parties().trainer(issuer, "one");
            for (var role : Role.values()) {
                var token = trainer.mint(new Caller(MEMBER.team(), MEMBER.user(), role), "training-service");
                var verified = parties().service("training-service").verify(token);
                if (role == Role.TRAINER) {
                    assertThat(verified).map(Caller::requireTrainer).contains(issuer + "/one");
                    assertThatThrownBy(() -> verified.orElseThrow().requireWorker()).hasMessage("the caller is no worker");
                } else {
                    assertThat(verified).as("%s", role).isEmpty();
                }
            }
        }
        for (var issuer : new String[] {"trainers", "trainee", "a-trainer"}) {
            assertThat(parties().service("training-service").verify(parties().trainer(issuer, "one").mint(Role.TRAINER, "training-service")))
                    .as(issuer).isEmpty();
        }
    }

    @Test
    void aTrainerCannotSpeakInTheNameOfOneWithOtherKeys() {
        parties().trainer("trainer-b", "one");
        for (var name : new String[] {"trainer-b/one", "worker/one", "trainer-a"}) {
            var inAnothersName = new InternalTokens(parties().signatures(new Party("trainer-a", name)));
            assertThat(parties().service("training-service").verify(inAnothersName.mint(Role.TRAINER, "training-service"))).as(name).isEmpty();
        }
    }

    @Test
    void anyTrainerAnswersWhatIsAskedOfTheTrainer() {
        var asked = parties().service("gateway-service").mint(Role.SERVICE, "trainer");
        for (var trainer : new InternalTokens[] {parties().trainer("trainer", "one"), parties().trainer("trainer-far-away", "two")}) {
            assertThat(trainer.verify(asked)).map(Caller::role).contains(Role.SERVICE);
            assertThat(trainer.verify(parties().service("gateway-service").mint(Role.SERVICE, "training-service"))).isEmpty();
        }
        assertThat(parties().service("training-service").verify(asked)).isEmpty();
        assertThat(parties().worker("worker", "one").verify(asked)).isEmpty();
    }

    @Test
    void aWorkerCannotSpeakInTheNameOfOneWithOtherKeys() {
        parties().worker("worker-b", "one");
        var inAnothersName = new InternalTokens(parties().signatures(new Party("worker-a", "worker-b/one")));
        assertThat(parties().service("job-service").verify(inAnothersName.mint(Role.WORKER, "job-service"))).isEmpty();
        var nobody = new InternalTokens(parties().signatures(new Party("worker-a", "worker-a")));
        assertThat(parties().service("job-service").verify(nobody.mint(Role.WORKER, "job-service"))).isEmpty();
    }

    @Test
    void aTokenIsForOneServiceAlone() {
        var token = parties().service("gateway-service").mint(MEMBER, "job-service");
        assertThat(parties().service("trace-service").verify(token)).isEmpty();
        assertThat(parties().worker("worker", "one").verify(parties().service("gateway-service").mint(Role.SERVICE, "worker/two"))).isEmpty();
        assertThat(parties().worker("worker", "two").verify(parties().service("gateway-service").mint(Role.SERVICE, "worker/two"))).isPresent();
    }

    @Test
    void aTokenLivesFiveMinutes() {
        var token = parties().service("gateway-service").mint(MEMBER, "job-service");
        time.set(NOW.plus(Duration.ofMinutes(4)));
        assertThat(parties().service("job-service").verify(token)).isPresent();
        time.set(NOW.plus(Duration.ofMinutes(5)));
        assertThat(parties().service("job-service").verify(token)).isEmpty();
    }

    @Test
    void aTokenThatWouldLiveLongerIsNone() {
        var claims = new JWTClaimsSet.Builder()
                .claim("team", MEMBER.team().toString())
                .claim("user", MEMBER.user().toString())
                .claim("role", "MEMBER");
        var signatures = parties().signatures(Party.service("gateway-service"));
        var token = signatures.sign("assay-caller+jwt", "job-service", claims, NOW.plus(Duration.ofHours(1)));
        assertThat(parties().service("job-service").verify(token)).isEmpty();
    }

    @Test
    void whoeverIsNotInTheFolderIsNotBelieved(@TempDir Path elsewhere) {
        var stranger = new Parties(elsewhere, clock).service("gateway-service");
        parties().service("gateway-service");
        assertThat(parties().service("job-service").verify(stranger.mint(MEMBER, "job-service"))).isEmpty();
    }

    @Test
    void noneAndSymmetricSignaturesAreNoSignatures() throws Exception {
        var gateway = parties().service("gateway-service");
        var good = SignedJWT.parse(gateway.mint(MEMBER, "job-service"));
        var type = new JOSEObjectType("assay-caller+jwt");
        var job = parties().service("job-service");

        var none = new PlainJWT(new PlainHeader.Builder().type(type).build(), good.getJWTClaimsSet()).serialize();
        assertThat(job.verify(none)).isEmpty();
        var stripped = good.getHeader().toBase64URL() + "." + good.getPayload().toBase64URL() + ".";
        assertThat(job.verify(stripped)).isEmpty();

        // the classic: the public key's text as the secret of an HMAC
        var file = folder.resolve(MakeKeys.PUBLIC).resolve(KeyFile.name("gateway-service", good.getHeader().getKeyID()));
        for (var secret : new String[] {Files.readString(file), ECKey.parse(Files.readString(file)).toPublicJWK().toJSONString()}) {
            var confused = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256).type(type).keyID(good.getHeader().getKeyID()).build(), good.getJWTClaimsSet());
            confused.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
            assertThat(job.verify(confused.serialize())).isEmpty();
        }
    }

    @Test
    void aKeyIdLeadsNowhereElse() throws JOSEException, ParseException, IOException {
        var strangers = Files.createDirectories(folder.resolve("mine"));
        new MakeKeys(strangers, clock).add("gateway-service");
        var signatures = new Signatures(
                Party.service("gateway-service"), strangers.resolve("gateway-service"), folder.resolve(MakeKeys.PUBLIC), clock);
        var signed = SignedJWT.parse(new InternalTokens(signatures).mint(MEMBER, "job-service"));
        for (var keyId : new String[] {"../mine/public/x", "..", "", "a".repeat(1000), "x\0", "/etc/passwd"}) {
            var claims = signed.getJWTClaimsSet();
            var header = new JWSHeader.Builder(JWSAlgorithm.ES256).type(new JOSEObjectType("assay-caller+jwt")).keyID(keyId).build();
            var jwt = new SignedJWT(header, claims);
            jwt.sign(new OwnKeys(strangers.resolve("gateway-service"), "gateway-service", clock).newest().signer());
            assertThat(parties().service("job-service").verify(jwt.serialize())).as(keyId).isEmpty();
        }
    }

    @Test
    void aRunKeyIsNoTokenAndATokenNoRunKey() {
        var signatures = parties().signatures(Party.service("job-service"));
        var key = new RunKeys(signatures).mint(new RunKeys.RunKey(TeamId.random(), new RunId(UUID.randomUUID()), 1, null), NOW.plusSeconds(60));
        assertThat(parties().service("gateway-service").verify(key)).isEmpty();
        assertThat(parties().service("gateway-service").verify(key.substring(RunKeys.PREFIX.length()))).isEmpty();
        var token = new InternalTokens(signatures).mint(Role.SERVICE, "gateway-service");
        assertThat(new RunKeys(parties().signatures(Party.service("gateway-service"))).verify(RunKeys.PREFIX + token)).isEmpty();
    }

    @Test
    void keysChangeUnderRunningRequestsAndNoneIsLost() throws Exception {
        var gateway = parties().service("gateway-service");
        var job = parties().service("job-service");
        var rotation = new MakeKeys(folder, clock);
        var ended = new AtomicBoolean();
        var used = ConcurrentHashMap.<String>newKeySet();
        try (var threads = Executors.newFixedThreadPool(3)) {
            var asking = new java.util.ArrayList<java.util.concurrent.Future<Integer>>();
            for (int i = 0; i < 3; i++) {
                asking.add(threads.submit(() -> {
                    int lost = 0;
                    while (!ended.get()) {
                        var token = gateway.mint(MEMBER, "job-service");
                        used.add(SignedJWT.parse(token).getHeader().getKeyID());
                        lost += job.verify(token).isPresent() ? 0 : 1;
                    }
                    return lost;
                }));
            }
            for (int keys = 2; keys <= 4; keys++) {
                time.updateAndGet(now -> now.plusMillis(1));
                rotation.add("gateway-service");
                time.updateAndGet(now -> now.plusSeconds(31)); // by then the token and the key are looked for anew
                while (used.size() < keys) {
                    Thread.onSpinWait();
                }
            }
            ended.set(true);
            for (var one : asking) {
                assertThat(one.get()).isZero();
            }
        }
    }

    @Test
    void aKeyThatIsTakenAwayOpensNothingSoonAfter() throws IOException, ParseException {
        var token = parties().service("gateway-service").mint(MEMBER, "job-service");
        var job = parties().service("job-service");
        assertThat(job.verify(token)).isPresent();
        var keyId = SignedJWT.parse(token).getHeader().getKeyID();
        Files.delete(folder.resolve(MakeKeys.PUBLIC).resolve(KeyFile.name("gateway-service", keyId)));
        time.set(NOW.plusSeconds(11));
        assertThat(job.verify(token)).isEmpty();
    }

    @Test
    void withoutAKeyItSaysWhatIsMissing() {
        var signatures = new Signatures(Party.service("job-service"), folder.resolve("nothing"), folder, clock);
        assertThatThrownBy(() -> new InternalTokens(signatures).mint(Role.SERVICE, "trace-service")).hasMessageContaining("ASSAY_KEYS_OWN");
    }

    @Test
    void privateKeysAreForTheirOwnerAlone() throws IOException {
        parties().service("job-service");
        try (var files = Files.list(folder.resolve("job-service"))) {
            assertThat(files.toList()).singleElement().satisfies(file ->
                    assertThat(Files.getPosixFilePermissions(file)).hasToString("[OWNER_READ, OWNER_WRITE]"));
        }
        try (var files = Files.list(folder.resolve(MakeKeys.PUBLIC))) {
            assertThat(files.toList()).singleElement().satisfies(file -> assertThat(Files.readString(file)).doesNotContain("\"d\""));
        }
    }

    @Test
    void aTokenIsShownAgainForHalfAMinuteOfTheClockThatItsEndIsReadFrom() {
        var gateway = parties().service("gateway-service");
        var first = gateway.mint(MEMBER, "job-service");
        assertThat(gateway.mint(MEMBER, "trace-service")).as("to somebody else").isNotEqualTo(first);
        assertThat(gateway.mint(Caller.of(Role.SERVICE), "job-service")).as("for somebody else").isNotEqualTo(first);
        time.set(NOW.plusSeconds(30));
        assertThat(gateway.mint(MEMBER, "job-service")).isEqualTo(first);
        time.set(NOW.plusSeconds(600));
        var second = gateway.mint(MEMBER, "job-service");
        assertThat(second).as("the machine slept").isNotEqualTo(first);
        time.set(NOW);
        assertThat(gateway.mint(MEMBER, "job-service")).as("the clock was set back").isNotEqualTo(second);
    }

    @Test
    void whatWasFoundGenuineOnceIsStillLookedAtEachTime() throws IOException {
        var parties = parties();
        var token = parties.service("gateway-service").mint(MEMBER, "job-service");
        var jobs = parties.service("job-service");
        assertThat(jobs.verify(token)).contains(MEMBER);
        assertThat(jobs.verify(token)).contains(MEMBER);
        var end = token.lastIndexOf('.') + 1;
        var forged = token.substring(0, end) + (token.charAt(end) == 'A' ? 'B' : 'A') + token.substring(end + 1);
        assertThat(jobs.verify(forged)).as("another signature under the same words").isEmpty();
        time.set(NOW.plus(Duration.ofMinutes(5)));
        assertThat(jobs.verify(token)).as("it has run out").isEmpty();
        time.set(NOW);
        assertThat(jobs.verify(token)).contains(MEMBER);
        time.set(NOW.plusSeconds(20));
        try (var keys = Files.list(folder.resolve(MakeKeys.PUBLIC))) {
            for (var key : keys.filter(file -> file.getFileName().toString().startsWith("gateway-service")).toList()) {
                Files.delete(key);
            }
        }
        assertThat(jobs.verify(token)).as("its key is believed no more").isEmpty();
    }
}
