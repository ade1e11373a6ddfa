// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Block.Source;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the bytes of images and documents are, as the dialects write it. */
final class Sources {

    static final String PDF = "application/pdf";
    static final String ONLY_PDF = "only the bytes of a PDF, as a data URI, can be passed on";
    private static final Pattern BLANK = Pattern.compile("\\s+");
    private static final String DATA = "data:";
    private static final String BASE64 = ";base64";

    private Sources() {}

    /** An address, or bytes in one. */
    static Source of(String url) {
        var comma = url.startsWith(DATA) ? url.indexOf(',') : -1;
        var head = comma < 0 ? "" : url.substring(DATA.length(), comma);
        return head.endsWith(BASE64)
                ? new Source.Inline(head.substring(0, head.indexOf(';')), standard(url.substring(comma + 1)))
                : new Source.Link(url);
    }

    /** How closely an image is to be looked at; null: as the model likes. */
    static @Nullable String detail(Members image) {
        var detail = image.text("detail", "auto");
        return detail.equals("auto") ? null : detail;
    }

    static String url(Source source) {
        return switch (source) {
            case Source.Inline(var mime, var base64) -> "data:" + mime + ";base64," + base64;
            case Source.Link(var url) -> url;
        };
    }

    /** Base64 in the standard alphabet, padded, in one line, whatever alphabet it was in. */
    static String standard(String base64) {
        var line = BLANK.matcher(base64).find() ? BLANK.matcher(base64).replaceAll("") : base64;
        var standard = line.replace('-', '+').replace('_', '/');
        return standard.length() % 4 == 0 ? standard : standard + "=".repeat(4 - standard.length() % 4);
    }

    /** A block of bytes by what they are; what is neither an image nor a PDF is refused. */
    static Block block(Members at, String member, String mime, String base64, Losses losses) {
        if (mime.startsWith("image/")) {
            return new Block.Image(new Source.Inline(mime, standard(base64)), null);
        }
        if (mime.equals(PDF)) {
            return new Block.Document(new Source.Inline(mime, standard(base64)), at.text("displayName"));
        }
        losses.refuse(at.at(member), mime + " " + Losses.NOT_HERE);
        return new Block.Text("");
    }
}
