// SPDX-License-Identifier: Apache-2.0
// File changes of a run, as differences.

import {h} from '../dom.js';
import {bytes, duration, plain, plural} from '../format.js';
import {fold} from '../parts.js';
import {download} from './content.js';

const MOST_LINES = 2000;

export function filesView(files, start) {
    return [
        layer('Changed by the agent', files.changes, start),
        layer('Changed by the task’s setup', files.setup, start),
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

function layer(title, patches, start) {
    if (!patches.length) return null;
    const paths = new Map();
    for (const patch of patches) {
        if (!paths.has(patch.path)) paths.set(patch.path, []);
        paths.get(patch.path).push(patch);
    }
    return h(
        'div.layer',
        h('h3', title, h('span.count', plural(paths.size, 'file'))),
        [...paths].map(([path, list]) => fileView(title, path, list, start)),
    );
}

function fileView(layerName, path, patches, start) {
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
                diffView(patch),
            ]),
    );
}

const linesOf = patch =>
    (patch.patch ?? '').split('\n').filter(line => !line.startsWith('--- ') && !line.startsWith('+++ '));

function diffView(patch) {
    const lines = linesOf(patch);
    return h(
        'pre.diff',
        lines
            .slice(0, MOST_LINES)
            .map(line => h('span', {class: {'+': 'plus', '-': 'minus', '@': 'hunk'}[line[0]]}, plain(line) + '\n')),
        lines.length > MOST_LINES && h('span.hunk', `and ${plural(lines.length - MOST_LINES, 'further line')}`),
    );
}
