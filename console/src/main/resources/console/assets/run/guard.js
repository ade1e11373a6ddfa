// SPDX-License-Identifier: Apache-2.0
// One odd step of a run takes nothing else down with it.

/** What `draw` gives, or `otherwise` where a stranger's data is of a shape that it cannot be drawn from. */
export function guarded(draw, otherwise) {
    try {
        return draw();
    } catch (problem) {
        console.warn(problem);
        return otherwise();
    }
}
