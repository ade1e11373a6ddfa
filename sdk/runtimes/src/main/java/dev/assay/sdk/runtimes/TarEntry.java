// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/**
 * One member of a tar archive.
 *
 * @param type the type flag: {@code 0} file, {@code 1} hard link, {@code 2} symbolic link, {@code 5} folder
 */
record TarEntry(String name, char type, String linkName, long size, int mode) {}
