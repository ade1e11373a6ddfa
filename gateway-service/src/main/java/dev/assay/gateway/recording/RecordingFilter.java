// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.contracts.Uuids;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.identity.Entrant;
import dev.assay.gateway.identity.KeyRecording;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/**
 * A job that is entered, or submitted, with a key that has a recording belongs to that recording: the calls of its hosted runs are made
 * with keys of their own. It is remembered before the request goes on, so that no call of the job comes first.
 */
@Component
@Order(Integer.MIN_VALUE + 290) // behind the doors, before what passes requests on
class RecordingFilter extends OncePerRequestFilter {

    private static final Logger log = LoggerFactory.getLogger(RecordingFilter.class);
    private static final Pattern ENTER = Pattern.compile("/v2/trace/job/([^/]+)/enter");
    private static final String SUBMIT = "/v2/rollouts/submit";
    /** A submission that is longer, and names its job behind that, is not taken. */
    private static final int MOST_READ = 4 << 20;

    private final RecordedJobs jobs;

    RecordingFilter(RecordedJobs jobs) {
        this.jobs = jobs;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals("POST")
                || !request.getRequestURI().equals(SUBMIT) && !ENTER.matcher(request.getRequestURI()).matches();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var entrant = Entrant.current().filter(one -> one.recording() != null && one.caller().role().covers(Role.MEMBER));
        if (entrant.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        var enter = ENTER.matcher(request.getRequestURI());
        var passed = request;
        Optional<UUID> job;
        if (enter.matches()) {
            job = uuid(enter.group(1));
        } else {
            var body = request.getInputStream().readNBytes(MOST_READ);
            job = jobIn(body);
            if (job.isEmpty() && body.length == MOST_READ) {
                ProblemWriter.write(response, HttpStatus.CONTENT_TOO_LARGE, "Your key has a recording, and it cannot be told whose job this"
                        + " is: name job_id within the first " + MOST_READ + " bytes.");
                return;
            }
            passed = new Read(request, body);
        }
        var recording = entrant.get().recording();
        if (job.isPresent() && recording != null) {
            try {
                jobs.enter(entrant.get().caller().team(), job.get(), wanted(recording));
            } catch (DataAccessException | TransactionException e) {
                log.error("job {} cannot be entered in a recording", job.get(), e);
                ProblemWriter.write(response, HttpStatus.SERVICE_UNAVAILABLE, "Recordings cannot be reached just now. Try again.");
                return;
            }
        }
        chain.doFilter(passed, response);
    }

    static Wanted wanted(KeyRecording recording) {
        return new Wanted(Mode.of(recording.mode()).orElseThrow(), recording.name());
    }

    /** Where the body was cut, it is read as far as its job stands. */
    private static Optional<UUID> jobIn(byte[] body) {
        try (var json = ModelJson.MAPPER.createParser(body)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    var isIt = json.currentName().equals("job_id");
                    if (json.nextToken() == JsonToken.VALUE_STRING && isIt) {
                        return uuid(json.getString());
                    }
                    json.skipChildren();
                }
            }
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty(); // whoever takes submissions says so
        }
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(Uuids.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A request whose body was read so far, as if it were not. */
    private static final class Read extends HttpServletRequestWrapper {

        private final InputStream all;

        Read(HttpServletRequest request, byte[] read) throws IOException {
            super(request);
            this.all = new SequenceInputStream(new ByteArrayInputStream(read), request.getInputStream());
        }

        @Override
        public ServletInputStream getInputStream() {
            return new ServletInputStream() {

                @Override
                public int read() throws IOException {
                    return all.read();
                }

                @Override
                public int read(byte[] buffer, int offset, int count) throws IOException {
                    return all.read(buffer, offset, count);
                }

                @Override
                public boolean isFinished() {
                    return false;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new IllegalStateException("bodies are waited for here");
                }
            };
        }
    }
}
