// SPDX-License-Identifier: Apache-2.0
// What may be done with a job: pause it, resume it, cancel it, run again what has no grade.

import {send} from '../api.js';
import {h, isStale, replace} from '../dom.js';
import {attempt, twoClicks} from '../form.js';
import {amount, plural} from '../format.js';
import {notice} from '../notice.js';
import {hasEnded} from '../parts.js';
import {may} from '../session.js';

/** @param again draws the page anew, once something was done */
export function drawActions(place, job, id, again) {
    const goesOn = job.run_count > 0 && !hasEnded(job.status);
    if (!may('member') || !isStale(place, JSON.stringify([goesOn, job.paused_at, job.ungraded_count]))) return;
    const address = `/v2/jobs/${encodeURIComponent(id)}`;
    const button = (text, act) => h('button.button.is-second', {type: 'button', onclick: () => attempt(act, {after: again})}, text);
    const told = async verb => {
        await send('POST', `${address}/${verb}`);
        await again();
    };
    const rerun = async () => {
        const answer = await send('POST', `${address}/rerun`);
        await again();
        notice(
            answer.rerun
                ? `${plural(answer.rerun, 'run')} ${answer.rerun === 1 ? 'is' : 'are'} queued again.`
                : 'None of them can be run again: a client drove them.',
        );
    };
    replace(
        place,
        job.paused_at ? button('Resume', () => told('resume')) : goesOn && button('Pause', () => told('pause')),
        job.ungraded_count > 0 && button(`Run ${amount(job.ungraded_count)} ungraded again`, rerun),
        goesOn &&
            twoClicks({
                text: 'Cancel',
                sure: 'Cancel what is left',
                label: 'Cancel this job',
                act: () => send('POST', '/v2/rollouts/cancel_job', {job_id: id}),
                after: again,
            }),
    );
}
