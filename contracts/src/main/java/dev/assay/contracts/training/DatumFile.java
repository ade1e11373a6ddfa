// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Datums one behind the other, as bytes: 32-bit numbers, big-endian. Each is its trajectory, how many chunks its input has, these, how many
 * targets it has, these, mask, sampled. A chunk is 0, its length, its tokens; or 1, its length, and data and format as lengths and UTF-8.
 * A file that was cut is seen to be: it ends with −1.
 */
public final class DatumFile {

    private static final int END = -1;
    private static final int TEXT = 0;
    private static final int IMAGE = 1;
    private static final int BUFFER = 64 * 1024;

    private DatumFile() {}

    /** Writes one after the other; what was not {@link #close closed} is no whole file. */
    public static final class Writer implements AutoCloseable {

        private final DataOutputStream out;

        public Writer(OutputStream out) {
            this.out = new DataOutputStream(new BufferedOutputStream(out, BUFFER));
        }

        public void write(Datum datum) throws IOException {
            out.writeInt(datum.trajectory());
            out.writeInt(datum.input().size());
            for (var chunk : datum.input()) {
                switch (chunk) {
                    case Chunk.Text(int[] tokens) -> {
                        out.writeInt(TEXT);
                        out.writeInt(tokens.length);
                        numbers(tokens);
                    }
                    case Chunk.Image(String data, String format, int length) -> {
                        out.writeInt(IMAGE);
                        out.writeInt(length);
                        text(data);
                        text(format);
                    }
                }
            }
            out.writeInt(datum.length());
            numbers(datum.targets());
            numbers(datum.mask());
            numbers(datum.sampled());
        }

        private void numbers(int[] numbers) throws IOException {
            var bytes = ByteBuffer.allocate(4 * numbers.length);
            bytes.asIntBuffer().put(numbers);
            out.write(bytes.array());
        }

        private void numbers(float[] numbers) throws IOException {
            var bytes = ByteBuffer.allocate(4 * numbers.length);
            bytes.asFloatBuffer().put(numbers);
            out.write(bytes.array());
        }

        private void text(String text) throws IOException {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }

        @Override
        public void close() throws IOException {
            out.writeInt(END);
            out.close();
        }
    }

    /** Reads one after the other. */
    public static final class Reader implements AutoCloseable {

        private final DataInputStream in;

        public Reader(InputStream in) {
            this.in = new DataInputStream(new BufferedInputStream(in, BUFFER));
        }

        /**
         * @return null behind the last
         * @throws EOFException if it was cut
         */
        public @Nullable Datum next() throws IOException {
            int trajectory = in.readInt();
            if (trajectory == END) {
                return null;
            }
            List<Chunk> input = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                input.add(chunk());
            }
            int length = in.readInt();
            return new Datum(trajectory, input, whole(length), floats(length), floats(length));
        }

        private Chunk chunk() throws IOException {
            int type = in.readInt();
            int length = in.readInt();
            return switch (type) {
                case TEXT -> new Chunk.Text(whole(length));
                case IMAGE -> new Chunk.Image(text(), text(), length);
                default -> throw new IOException("no chunk is a " + type);
            };
        }

        private int[] whole(int length) throws IOException {
            var numbers = new int[length];
            ByteBuffer.wrap(bytes(4 * length)).asIntBuffer().get(numbers);
            return numbers;
        }

        private float[] floats(int length) throws IOException {
            var numbers = new float[length];
            ByteBuffer.wrap(bytes(4 * length)).asFloatBuffer().get(numbers);
            return numbers;
        }

        private String text() throws IOException {
            return new String(bytes(in.readInt()), StandardCharsets.UTF_8);
        }

        private byte[] bytes(int length) throws IOException {
            var bytes = new byte[length];
            in.readFully(bytes);
            return bytes;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
