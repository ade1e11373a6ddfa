// SPDX-License-Identifier: Apache-2.0
// Checkpoints are a tree: each was trained from the one before it, and a head that is moved back begins another branch.

import {isNumber} from '../format.js';

export const nameOf = checkpoint => checkpoint.name ?? checkpoint.checkpoint_name ?? checkpoint.id;

/**
 * The tree as lines, first the one from the root to the head, or to the newest where the first weights are served; each other
 * begins where it leaves one that stands before it.
 *
 * @param checkpoints the oldest first, so that a parent stands before its children
 * @returns `{lines, depths, head, last}`; `depths`: by id, how many steps it is from the first weights; `last`: the most of them
 */
export function treeOf(checkpoints) {
    const known = new Map(checkpoints.map(one => [one.id, one]));
    const depths = new Map();
    for (const one of checkpoints) depths.set(one.id, (depths.get(one.prev_model_checkpoint_id) ?? 0) + 1);
    const walked = new Set();
    const lineTo = end => {
        const line = [];
        let one = end;
        for (; one && !walked.has(one.id); one = known.get(one.prev_model_checkpoint_id)) {
            walked.add(one.id);
            line.push(one);
        }
        if (one) line.push(one);
        return line.reverse();
    };
    const head = checkpoints.find(one => one.is_active) ?? null;
    const first = head ?? checkpoints.at(-1);
    const parents = new Set(checkpoints.map(one => one.prev_model_checkpoint_id));
    const ends = checkpoints.filter(one => one !== first && !parents.has(one.id)).reverse();
    const lines = first ? [first, ...ends].map(lineTo) : [];
    return {lines, depths, head, last: Math.max(0, ...depths.values())};
}

/** Of a line, at each depth of 1 to `last` its checkpoint, or undefined. */
export function placed(line, {depths}, last) {
    const places = Array.from({length: last});
    for (const one of line) places[depths.get(one.id) - 1] = one;
    return places;
}

/** What a checkpoint was trained from, where that is not the one that was made before it. */
export function parentText(checkpoint, before, checkpoints) {
    const parent = checkpoint.prev_model_checkpoint_id ?? null;
    if (parent === (before?.id ?? null)) return null;
    if (parent === null) return 'from the first weights';
    const known = checkpoints.find(one => one.id === parent);
    return known ? `from ${nameOf(known)}` : 'from one that is not here';
}

/** What is on record wins over a metric of that name. Null where it has none: such a step has no place in a curve. */
export const numberOf = (checkpoint, name) => {
    const value = checkpoint[name] ?? (Object.hasOwn(checkpoint.metrics ?? {}, name) ? checkpoint.metrics[name] : null);
    return isNumber(value) ? value : null;
};
