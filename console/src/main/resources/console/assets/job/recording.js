// SPDX-License-Identifier: Apache-2.0
// Whether the model calls of a job are recorded, or answered from a recording; and setting that.

import {getIfThere, pageOf, send} from '../api.js';
import {h, replace} from '../dom.js';
import {attempt, form} from '../form.js';
import {plain} from '../format.js';
import {recordingFields, recordingOf, told} from '../recording/choice.js';
import {may} from '../session.js';

/**
 * A line, which comes when its answer does; nothing where there is nothing to say or do.
 *
 * @param isOver whether the job calls no models any more
 */
export function recordingLine(job, isOver, signal) {
    const place = h('div.recorded');
    const mayChange = may('member') && !isOver;
    let chosen = null;

    const draw = () =>
        replace(
            place,
            chosen
                ? h('p', `Its model calls ${isOver ? 'were' : 'are'} ${told(chosen)} `, h('a.mono', {href: '/recordings'}, plain(chosen.recording)), '.')
                : mayChange && h('p.quiet', 'Its model calls are not recorded.'),
            mayChange && button(chosen ? 'Change' : 'Record or replay', () => change()),
            mayChange && chosen && button('Stop', () => attempt(stop)),
        );

    const stop = async () => {
        await send('DELETE', addressOf(chosen.recording, job));
        chosen = null;
        draw();
        place.querySelector('button')?.focus();
    };

    const change = async () => {
        const known = await getIfThere('/v2/recordings', {signal}).catch(() => null);
        const names = known ? pageOf(known).items.map(one => one.name) : [];
        replace(
            place,
            form('Record or replay', h('div.fields', recordingFields(chosen && {...chosen, name: chosen.recording}, names)), {
                action: 'Set it',
                cancel: () => {
                    draw();
                    place.querySelector('button')?.focus();
                },
                submit: async typed => {
                    const {name, mode} = recordingOf(typed);
                    await send('PUT', addressOf(name, job), {mode});
                    chosen = {recording: name, mode};
                    draw();
                    place.querySelector('button')?.focus();
                },
            }),
        );
        place.querySelector('select').focus();
    };

    getIfThere('/v2/recorded-jobs', {query: {job}, signal}).then(
        answer => {
            chosen = answer?.items.find(one => one.job_id === job) ?? null;
            if (answer) draw();
        },
        () => {}, // what else the page asks for tells
    );
    return place;
}

const addressOf = (name, job) => `/v2/recordings/${encodeURIComponent(name)}/jobs/${encodeURIComponent(job)}`;

const button = (text, onclick) => h('button.quiet', {type: 'button', onclick}, text);
