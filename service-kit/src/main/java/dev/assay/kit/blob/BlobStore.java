// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import java.nio.file.Path;

/** Where this installation's blobs are: below the service's data folder, or in a bucket. */
public interface BlobStore {

    /** @param place below it, which no two kinds of blobs share, such as {@code trace-service/blobs} */
    Blobs at(String place);

    /** On this machine's disk. */
    static BlobStore below(Path folder) {
        return place -> new FolderBlobs(folder.resolve(place));
    }
}
