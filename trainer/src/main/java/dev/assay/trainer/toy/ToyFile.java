// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables as a file: what it is, of which version and sizes, whose tables follow (those of weights, or weights and both moments), how many
 * steps were made, and of each table how many rows are there, and these: their numbers, and the 32-bit floats, big-endian. Then −1, and
 * nothing more.
 */
final class ToyFile {

    /** "Assay toy". Another number where the same table would mean something else: other features, another vocabulary. */
    private static final long MAGIC = 0x4173736179_746F79L;

    private static final int VERSION = 1;
    private static final int WEIGHTS = 1;
    private static final int STATE = 3;
    private static final int END = -1;

    private ToyFile() {}

    static void writeWeights(Path file, Policy policy) throws IOException {
        write(file, 0, List.of(policy.table()));
    }

    static void writeState(Path file, Policy policy, Adam adam) throws IOException {
        write(file, adam.steps(), List.of(policy.table(), adam.first(), adam.second()));
    }

    static Policy readWeights(Path file) throws IOException {
        return new Policy(read(file, WEIGHTS).tables().getFirst());
    }

    static State readState(Path file) throws IOException {
        var read = read(file, STATE);
        return new State(new Policy(read.tables().get(0)), new Adam(read.tables().get(1), read.tables().get(2), read.steps()));
    }

    record State(Policy policy, Adam adam) {}

    private record Read(int steps, List<Table> tables) {}

    private static void write(Path file, int steps, List<Table> tables) throws IOException {
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeInt(Features.ROWS);
            out.writeInt(Vocabulary.SIZE);
            out.writeInt(tables.size());
            out.writeInt(steps);
            for (var table : tables) {
                write(table, out);
            }
            out.writeInt(END);
        }
    }

    private static void write(Table table, DataOutputStream out) throws IOException {
        out.writeInt(table.count());
        var bytes = ByteBuffer.allocate(Float.BYTES * Vocabulary.SIZE);
        for (int number = 0; number < Features.ROWS; number++) {
            var row = table.row(number);
            if (row != null) {
                out.writeInt(number);
                bytes.asFloatBuffer().put(row);
                out.write(bytes.array());
            }
        }
    }

    /** @throws IOException what is wrong with the file, by its name */
    private static Read read(Path file, int tables) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (in.readLong() != MAGIC) {
                throw new IOException(file.getFileName() + " is no file of the toy's");
            }
            if (in.readInt() != VERSION || in.readInt() != Features.ROWS || in.readInt() != Vocabulary.SIZE) {
                throw new IOException(file.getFileName() + " is a file of another version of the toy");
            }
            if (in.readInt() != tables) {
                throw new IOException(file.getFileName() + " holds " + (tables == STATE ? "weights, not a state" : "a state, not weights"));
            }
            int steps = in.readInt();
            List<Table> read = new ArrayList<>();
            while (read.size() < tables) {
                read.add(table(in, file));
            }
            if (in.readInt() != END || in.read() >= 0) {
                throw new IOException(file.getFileName() + " does not end where it should");
            }
            return new Read(steps, read);
        } catch (EOFException e) {
            throw new IOException(file.getFileName() + " was cut", e);
        }
    }

    private static Table table(DataInputStream in, Path file) throws IOException {
        var table = new Table();
        var bytes = new byte[Float.BYTES * Vocabulary.SIZE];
        for (int left = in.readInt(); left > 0; left--) {
            int row = in.readInt();
            if (row < 0 || row >= Features.ROWS) {
                throw new IOException(file.getFileName() + " has a row " + row);
            }
            in.readFully(bytes);
            ByteBuffer.wrap(bytes).asFloatBuffer().get(table.touch(row));
        }
        return table;
    }
}
