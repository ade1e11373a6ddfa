// SPDX-License-Identifier: Apache-2.0
// File changes of a run, as differences.

import {h} from '../dom.js';
import {bytes, duration, plain, plural} from '../format.js';
import {fold} from '../parts.js';
import {download} from './content.js';
import {splitView} from './split.js';

const MOST_LINES = 2000;
/** A page that is narrower has no room for two sides. */
const WIDE = matchMedia('(min-width: 900px)');

/** @param split whether what was stands beside what is, where there is room for it */
export function filesView(files, start, split) {
    return [
        layer('Changed by the agent', files.changes, start, split),
        layer('Changed by the task’s setup', files.setup, start, split),
        files.truncated && h('p.none', 'More files changed than the record holds.'),
        files.captured.length > 0 &&
            h(
                'div.layer',
                h('h3', 'Kept files'),
                files.captured.map(file =>
                    download(file.file?.data, file.file?.media_type ?? file.content_type, file.path),
                ),
            ),
    ];
}

function layer(title, patches, start, split) {
    if (!patches.length) return null;
    const paths = new Map();
    for (const patch of patches) {
        if (!paths.has(patch.path)) paths.set(patch.path, []);
        paths.get(patch.path).push(patch);
    }
    return h(
        'div.layer',
        h('h3', title, h('span.count', plural(paths.size, 'file'))),
        [...paths].map(([path, list]) => fileView(title, path, list, start, split)),
    );
}

function fileView(layerName, path, patches, start, split) {
    const lines = patches.flatMap(patch => linesOf(patch));
    const added = lines.filter(line => line.startsWith('+')).length;
    const removed = lines.filter(line => line.startsWith('-')).length;
    const last = patches.at(-1);
    return fold(
        `${layerName} ${path}`,
        h(
            'span.file',
            h(
                'span.change',
                {class: `is-${last.status}`, title: last.status},
                {added: 'A', deleted: 'D'}[patches[0].status === 'added' ? 'added' : last.status] ?? 'M',
            ),
            h('span.mono', plain(path)),
            h(
                'span.lines',
                added > 0 && h('span.plus', `+${added}`),
                removed > 0 && h('span.minus', `−${removed}`),
                h('span', bytes(last.size_after)),
            ),
        ),
        () =>
            patches.map(patch => [
                patches.length > 1 &&
                    patch.at !== null &&
                    start !== null &&
                    h('p.when', `after ${duration(patch.at - start)}`),
                diffView(patch, split && WIDE.matches),
            ]),
    );
}

const linesOf = patch =>
    (patch.patch ?? '').split('\n').filter(line => !line.startsWith('--- ') && !line.startsWith('+++ '));

function diffView(patch, split) {
    const lines = linesOf(patch);
    const further = lines.length - MOST_LINES;
    const cut = further > 0 && h('span.hunk', `and ${plural(further, 'further line')}`);
    if (split) return [splitView(lines.slice(0, MOST_LINES)), cut];
    return h(
        'pre.diff',
        lines
            .slice(0, MOST_LINES)
            .map(line => h('span', {class: {'+': 'plus', '-': 'minus', '@': 'hunk'}[line[0]]}, plain(line) + '\n')),
        cut,
    );
}
