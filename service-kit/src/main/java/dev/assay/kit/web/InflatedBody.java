// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.kit.problem.Problem;
import jakarta.servlet.ServletInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** A body that was sent with {@code Content-Encoding: gzip}, as it was before. How long it may become, the reader must see to. */
final class InflatedBody extends BlockingBody {

    private @Nullable InputStream inflated;

    InflatedBody(ServletInputStream sent) {
        super(sent);
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
