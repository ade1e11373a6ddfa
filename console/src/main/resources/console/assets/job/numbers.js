// SPDX-License-Identifier: Apache-2.0
// The numbers of a job, as the platform counts them: nothing is summed up here.

import {h, isStale, replace} from '../dom.js';
import {amount, isNumber, plain, plural, reward, time} from '../format.js';
import {figure} from '../parts.js';
import {interval} from './statistics.js';

const REASONS = {
    agent: 'agent failed',
    environment: 'environment failed',
    grader: 'grading failed',
    model: 'no model answered',
    infrastructure: 'platform failed',
    unknown: 'ended in an error',
    cancelled: 'cancelled',
    no_grade: 'without a grade',
};

const reasons = because =>
    Object.entries(because ?? {})
        .map(([why, many]) => `${amount(many)} ${REASONS[why] ?? plain(why)}`)
        .join(', ');

/** As the platform estimates it, and no more exact than that. */
function left(job) {
    const end = time(job.estimated_end);
    if (end === null) return '';
    const minutes = Math.round((end - Date.now()) / 60_000);
    if (minutes < 1) return ', a minute left or less';
    return minutes < 90 ? `, about ${minutes} min left` : `, about ${amount(Math.round(minutes / 60))} h left`;
}

/** @param statistics null: they cannot be had just now, and the job's counts say what they can */
export function drawNumbers(place, job, statistics) {
    const {run_count: total, graded_count: graded, ungraded_count: ungraded, mean_reward: mean} = job;
    const {standard_deviation: deviation, passed_count: passed} = job;
    const open = job.queued_count + job.running_count;
    const ended = total - open;
    const estimate = statistics?.graded_count === graded ? statistics.mean_reward : null;
    if (!isStale(place, JSON.stringify([job, estimate]))) return;
    replace(
        place,
        figure(
            'Mean reward',
            isNumber(mean) ? reward(mean) : h('span.none', '–'),
            isNumber(mean)
                ? estimate && isNumber(estimate.low)
                    ? h('span', interval(estimate), ` over ${plural(graded, 'graded run')} of ${plural(statistics.task_count, 'task')}`)
                    : [isNumber(deviation) && `± ${reward(deviation)} `, `over ${plural(graded, 'graded run')}`]
                : ended
                  ? 'no run has a grade'
                  : 'no run has ended yet',
        ),
        figure(
            'Runs',
            amount(total),
            !total ? 'none yet' : open ? `${amount(ended)} ended${left(job)}` : 'all ended',
            open > 0 &&
                h(
                    'span.progress',
                    {
                        role: 'progressbar',
                        'aria-valuemin': 0,
                        'aria-valuemax': total,
                        'aria-valuenow': ended,
                        'aria-label': 'Runs that ended',
                    },
                    h('i', {vars: {'--share': `${(100 * ended) / total}%`}}),
                ),
        ),
        figure(
            'Passed',
            graded ? amount(passed) : h('span.none', '–'),
            graded ? `of ${plural(graded, 'graded run')}: a reward of 1 or more` : '',
        ),
        figure(
            'Left out',
            amount(ungraded),
            ungraded
                ? `ended, but in no mean: ${reasons(job.ungraded_because) || 'failed, cancelled or without a grade'}`
                : ended
                  ? 'every run that ended is in the mean'
                  : '',
        ),
        figure(
            'Errors',
            job.error_count ? h('span.is-error', amount(job.error_count)) : '0',
            job.cancelled_count ? `${amount(job.cancelled_count)} cancelled` : 'runs that failed',
        ),
    );
}
