// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import dev.assay.kit.rows.ParquetColumn.Type;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows as a file of <a href="https://parquet.apache.org/docs/file-format/">Apache Parquet</a>, written as they come: some megabytes of them
 * are gathered, and then written column by column. Plain values, packed by gzip, which everything reads that reads Parquet.
 */
public final class ParquetRows implements RowSink {

    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int GATHERED = 8 << 20;

    private static final int PLAIN = 0;
    private static final int RLE = 3;
    private static final int GZIP = 2;
    private static final int REQUIRED = 0;
    private static final int OPTIONAL = 1;
    private static final int REPEATED = 2;
    private static final int UTF8 = 0;
    private static final int LIST = 3;

    private record Chunk(ParquetColumn column, int values, long offset, long plain, long packed) {}

    private record Group(List<Chunk> chunks, int rows) {}

    private final OutputStream out;
    private final List<ParquetColumn> columns;
    private final List<Group> groups = new ArrayList<>();
    private int rows;
    private long position;

    public ParquetRows(List<ParquetColumn> columns, OutputStream out) throws IOException {
        this.out = out;
        this.columns = columns;
        write(MAGIC);
    }

    @Override
    public void row(ObjectNode row) throws IOException {
        columns.forEach(column -> column.add(row));
        rows++;
        if (columns.stream().mapToInt(ParquetColumn::size).sum() >= GATHERED) {
            endGroup();
        }
    }

    @Override
    public void end() throws IOException {
        endGroup();
        var footer = CompactThrift.struct(this::describe);
        write(footer);
        write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(footer.length).array());
        write(MAGIC);
    }

    private void endGroup() throws IOException {
        if (rows == 0) {
            return;
        }
        var chunks = new ArrayList<Chunk>();
        for (var column : columns) {
            int values = column.count();
            var page = column.page();
            var head = CompactThrift.struct(header -> header.i32(1, 0).i32(2, page.plain()).i32(3, page.packed().length)
                    .struct(5, data -> data.i32(1, values).i32(2, PLAIN).i32(3, RLE).i32(4, RLE)));
            chunks.add(new Chunk(column, values, position, head.length + page.plain(), head.length + page.packed().length));
            write(head);
            write(page.packed());
        }
        groups.add(new Group(chunks, rows));
        rows = 0;
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    /** {@code FileMetaData} */
    private void describe(CompactThrift file) {
        file.i32(1, 1)
                .structs(2, schema(), (element, node) -> node.write(element))
                .i64(3, groups.stream().mapToLong(Group::rows).sum())
                .structs(4, groups, (element, group) -> element
                        .structs(1, group.chunks(), ParquetRows::describe)
                        .i64(2, group.chunks().stream().mapToLong(Chunk::plain).sum())
                        .i64(3, group.rows()))
                .text(6, "Assay");
    }

    private static void describe(CompactThrift element, Chunk chunk) {
        element.i64(2, chunk.offset()).struct(3, meta -> meta
                .i32(1, chunk.column().type.number)
                .i32s(2, PLAIN, RLE)
                .texts(3, chunk.column().list
                        ? Stream.concat(chunk.column().path.stream(), Stream.of("list", "element")).toList()
                        : chunk.column().path)
                .i32(4, GZIP)
                .i64(5, chunk.values())
                .i64(6, chunk.plain())
                .i64(7, chunk.packed())
                .i64(9, chunk.offset()));
    }

    /** A node of the tree of columns, which is told from its root down. */
    private interface Node {
        void write(CompactThrift element);
    }

    private List<Node> schema() {
        var nodes = new ArrayList<Node>();
        nodes.add(root -> root.text(4, "rows").i32(5, (int) columns.stream().map(column -> column.path.getFirst()).distinct().count()));
        var structs = new ArrayList<String>();
        for (var column : columns) {
            var name = column.path.getLast();
            if (column.list) {
                nodes.add(list -> list.i32(3, REQUIRED).text(4, name).i32(5, 1).i32(6, LIST)
                        .struct(10, type -> type.struct(3, empty -> {})));
                nodes.add(repeated -> repeated.i32(3, REPEATED).text(4, "list").i32(5, 1));
                nodes.add(element -> element.i32(1, column.type.number).i32(3, REQUIRED).text(4, "element"));
                continue;
            }
            var first = column.path.getFirst();
            if (column.path.size() > 1 && !structs.contains(first)) {
                structs.add(first);
                int members = (int) columns.stream().filter(one -> one.path.size() > 1 && one.path.getFirst().equals(first)).count();
                nodes.add(struct -> struct.i32(3, REQUIRED).text(4, first).i32(5, members));
            }
            nodes.add(leaf -> {
                leaf.i32(1, column.type.number).i32(3, OPTIONAL).text(4, name);
                if (column.type == Type.TEXT) {
                    leaf.i32(6, UTF8).struct(10, type -> type.struct(1, empty -> {}));
                }
            });
        }
        return nodes;
    }
}
