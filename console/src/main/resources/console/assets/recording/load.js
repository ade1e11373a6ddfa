// SPDX-License-Identifier: Apache-2.0
// A recording's file taken in, or an empty one begun that says what it leaves out of requests.

import {sendFile} from '../api.js';
import {h} from '../dom.js';
import {field, form, input} from '../form.js';
import {plural} from '../format.js';

const ENDING = /(\.recording)?\.jsonl$/;

/** @param stored the recordings that there are */
export function loadForm(stored, close, again) {
    const name = input('name', '', {required: true, maxlength: 100, oninput: () => drawWhat()});
    const file = h('input', {
        type: 'file',
        name: 'file',
        accept: '.jsonl',
        onchange: () => {
            ignored.disabled = file.files.length > 0;
            if (file.files.length && !name.value) name.value = file.files[0].name.replace(ENDING, '');
            drawWhat();
        },
    });
    const ignored = h('textarea', {name: 'ignore', rows: 3, spellcheck: 'false', placeholder: '/tmp/tmp[a-z0-9_]{8}\nToday is [0-9-]+'});
    const what = h('p.quiet', {'aria-live': 'polite'});
    const drawWhat = () => {
        const there = stored.find(one => one.name === name.value.trim());
        what.textContent = there
            ? `“${there.name}” is there, with ${plural(there.calls, 'answer')}: what is loaded takes the place of all of them.`
            : 'All of a file is taken, or nothing of it.';
    };
    drawWhat();
    return h(
        'section.card.entering',
        h('h2', 'Load a file'),
        what,
        form(
            'Load a file',
            h(
                'div.fields',
                field('File', file, {hint: 'Left out: an empty recording is begun.'}),
                field('Name', name, {hint: 'Letters, digits, dots, dashes, underscores.'}),
                field('Without a file: what changes from run to run', ignored, {
                    hint: 'Regular expressions, one a line. What matches makes no other request of a request.',
                    wide: true,
                }),
            ),
            {
                action: 'Load it',
                cancel: close,
                submit: async typed => {
                    const patterns = (typed.get('ignore') ?? '').split('\n').map(line => line.trim()).filter(Boolean);
                    const content = file.files[0] ?? `${JSON.stringify({assay_recording: 1, ignore: patterns})}\n`;
                    await sendFile(`/v2/recordings/${encodeURIComponent(typed.get('name').trim())}`, content);
                    await again();
                },
            },
        ),
    );
}
