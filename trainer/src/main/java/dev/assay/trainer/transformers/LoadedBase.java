// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

/**
 * A base that a process has in memory.
 *
 * @param vocabulary how many ids it has, from 0
 * @param context how many positions a sequence has at most
 */
record LoadedBase(String name, PythonProcess process, int vocabulary, int context) {}
