// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Writes archives for tests, also those that no honest program would write. */
public final class TarGz {

    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();
    private final Charset letters;

    public TarGz() {
        this(StandardCharsets.UTF_8);
    }

    /** Whose names are written in these letters. */
    public TarGz(Charset letters) {
        this.letters = letters;
    }

    public TarGz file(String name, String text) {
        return entry(name, '0', "", text.getBytes(StandardCharsets.UTF_8));
    }

    public TarGz file(String name, byte[] content) {
        return entry(name, '0', "", content);
    }

    public TarGz folder(String name) {
        return entry(name, '5', "", new byte[0]);
    }

    public TarGz link(String name, String to) {
        return entry(name, '2', to, new byte[0]);
    }

    public TarGz hardLink(String name, String to) {
        return entry(name, '1', to, new byte[0]);
    }

    public TarGz longNamedFile(String name, String text) {
        entry("pax", 'x', "", record("path", name));
        return file("short", text);
    }

    /** As Python writes a name that is no UTF-8. */
    public TarGz longNamedFile(String name, Charset letters, String text) {
        var records = new ByteArrayOutputStream();
        records.writeBytes(record("hdrcharset", "BINARY"));
        records.writeBytes(record("path", name, letters));
        entry("pax", 'x', "", records.toByteArray());
        return file("short", text);
    }

    /** Its length counts itself. */
    public static byte[] record(String key, String value) {
        return record(key, value, StandardCharsets.UTF_8);
    }

    private static byte[] record(String key, String value, Charset letters) {
        var text = " " + key + "=" + value + "\n";
        int rest = text.getBytes(letters).length;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        return (length + text).getBytes(letters);
    }

    public TarGz entry(String name, char type, String link, byte[] content) {
        var header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", content.length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        header[263] = '0';
        header[264] = '0';
        int sum = 0;
        for (var value : header) {
            sum += value & 0xff;
        }
        put(header, 148, String.format("%06o", sum));
        header[154] = 0;
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    public InputStream stream() {
        return new ByteArrayInputStream(bytes());
    }

    public byte[] bytes() {
        tar.writeBytes(new byte[1024]);
        return gzip(tar.toByteArray());
    }

    public static byte[] gzip(byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void put(byte[] header, int offset, String text) {
        var bytes = text.getBytes(letters);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
