// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.context.ContextArchive;
import dev.assay.sdk.runtimes.context.ContextLimits;
import dev.assay.sdk.runtimes.context.ContextRefused;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** An uploaded folder, unpacked for as long as an image is built of it. */
public final class ImageContext implements AutoCloseable {

    private final Path root;
    private final Path folder;
    private final Optional<ImageRecipe> recipe;

    private ImageContext(Path root, Path folder, Optional<ImageRecipe> recipe) {
        this.root = root;
        this.folder = folder;
        this.recipe = recipe;
    }

    /**
     * @param place to unpack it in
     * @throws SandboxException if it cannot be unpacked, or its recipe not be read
     */
    static ImageContext unpack(Source.Archive archive, Path place) throws SandboxException {
        Path root = null;
        try {
            root = Files.createTempDirectory(place, "image");
            var folder = Files.createDirectory(root.resolve("context"));
            try (var content = archive.open()) {
                new ContextArchive(ContextLimits.DEFAULTS).unpack(content, folder);
            }
            return new ImageContext(root, folder, ImageRecipe.in(folder));
        } catch (ContextRefused e) {
            delete(root);
            throw new SandboxException("the context " + e.getMessage(), e);
        } catch (EOFException | ZipException | CharacterCodingException e) {
            delete(root);
            throw new SandboxException("the context cannot be read: " + e, e);
        } catch (IOException e) {
            delete(root);
            throw SandboxException.ofHost("the context cannot be unpacked: " + e.getMessage(), e);
        } catch (SandboxException | RuntimeException e) {
            delete(root);
            throw e;
        }
    }

    /** How an image is made of it; empty: it does not say. */
    public Optional<ImageRecipe> recipe() {
        return recipe;
    }

    Path folder() {
        return folder;
    }

    /**
     * A folder within it, with a recipe of its own. It goes with this one.
     *
     * @param path relative to this one
     * @param file the recipe, relative to that folder
     * @throws SandboxException if they are not there
     */
    ImageContext within(String path, String file) throws SandboxException {
        var within = find(path);
        if (!Files.isDirectory(within)) {
            throw new SandboxException("'" + path + "' is no folder of what was uploaded");
        }
        try {
            find(path.isEmpty() ? file : path + "/" + file);
            return new ImageContext(root, within, Optional.of(ImageRecipe.in(within, file)));
        } catch (IOException e) {
            throw SandboxException.ofHost("the context cannot be read again: " + e.getMessage(), e);
        }
    }

    /** @throws SandboxException if it is not there, or leads out of what was uploaded */
    Path find(String path) throws SandboxException {
        try {
            var found = folder.resolve(path).toRealPath();
            if (found.startsWith(folder.toRealPath())) {
                return found;
            }
        } catch (IOException e) {
            // it is not there
        }
        throw new SandboxException("'" + path + "' is not in what was uploaded");
    }

    /** A place beside the folder, for this worker's own files. */
    Path beside(String name) {
        return root.resolve(name);
    }

    @Override
    public void close() {
        delete(root);
    }

    private static void delete(@Nullable Path root) {
        if (root == null) {
            return;
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                    Files.delete(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // it goes with the worker's folder
        }
    }
}
