// SPDX-License-Identifier: Apache-2.0
// Choosing whether model calls are recorded, or answered from a recording, and which.

import {h, replace} from '../dom.js';
import {field, input, select} from '../form.js';

/** Lower case, as in the midst of a sentence. */
export const told = ({mode}) => (mode === 'replay' ? 'answered from' : 'recorded in');

const MODES = [
    ['record', 'recorded'],
    ['replay', 'answered from a recording'],
];

/**
 * Two fields: what is done, and with which recording.
 *
 * @param chosen `{name, mode}`, or null
 * @param names of the recordings that there are
 * @param otherwise what it is called that neither is done; null: one of them has to be
 */
export function recordingFields(chosen, names, {otherwise = null, prefix = ''} = {}) {
    const list = `recordings-${prefix}names`;
    const place = h('div.field-place');
    const mode = select(`${prefix}mode`, otherwise ? [['', otherwise], ...MODES] : MODES, chosen?.mode ?? (otherwise ? '' : 'record'), {
        onchange: () => draw(),
    });
    const name = input(`${prefix}name`, chosen?.name, {required: true, maxlength: 100, list});
    const named = field('Recording', name, {hint: 'Letters, digits, dots, dashes, underscores.'});
    const draw = () => replace(place, mode.value && named);
    draw();
    return [
        field('Model calls are', mode),
        place,
        h(
            'datalist',
            {id: list},
            names.map(one => h('option', {value: one})),
        ),
    ];
}

/** What was chosen there: `{name, mode}`, or null. */
export function recordingOf(typed, prefix = '') {
    const mode = typed.get(`${prefix}mode`);
    return mode ? {name: typed.get(`${prefix}name`).trim(), mode} : null;
}
