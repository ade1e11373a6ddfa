// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.kit.problem.Problem;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** A body that was sent with {@code Content-Encoding: gzip}, as it was before. How long it may become, the reader must see to. */
public final class InflatedBody extends BlockingBody {

    /** As HTTP calls a body that was not changed on its way. */
    static final String PLAIN = "identity";

    private @Nullable InputStream inflated;

    private InflatedBody(ServletInputStream sent) {
        super(sent);
    }

    /** The coding that a request says of its body, in lower case. */
    static String coding(HttpServletRequest request) {
        var codings = request.getHeaders(HttpHeaders.CONTENT_ENCODING);
        return codings == null || !codings.hasMoreElements()
                ? PLAIN
                : String.join(", ", Collections.list(codings)).strip().toLowerCase(Locale.ROOT);
    }

    /**
     * A request's body, inflated if it says that it was deflated.
     *
     * @throws Problem 415 if it says anything else; reading it, 400 if it is not what it says
     */
    public static ServletInputStream of(HttpServletRequest request) throws IOException {
        return of(coding(request), request.getInputStream());
    }

    static ServletInputStream of(String coding, ServletInputStream sent) {
        return switch (coding) {
            case PLAIN -> sent;
            case "gzip", "x-gzip" -> new InflatedBody(sent);
            default -> throw Problem.unsupportedCoding(coding);
        };
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            if (inflated == null) {
                inflated = new GZIPInputStream(in, 16 * 1024);
            }
            return inflated.read(buffer, offset, length);
        } catch (ZipException | EOFException e) {
            throw Problem.badRequest("body", "is not the whole gzip that its Content-Encoding promises");
        }
    }
}
