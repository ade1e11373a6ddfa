// SPDX-License-Identifier: Apache-2.0
// The runs that a run may be laid beside: those of its task, in its job.

import {get} from '../api.js';
import {h, replace} from '../dom.js';
import {isNumber, shortId} from '../format.js';
import {rewardText, statusPill} from '../parts.js';

export const pairAddress = (run, other) => `/trace/${run}?with=${other}`;

/** The best and the worst of a group, or any two; null where there are none. */
export function bestAndWorst(runs) {
    const graded = runs.filter(run => isNumber(run.reward)).sort((a, b) => b.reward - a.reward);
    const pair = graded.length > 1 ? [graded[0], graded.at(-1)] : runs.slice(0, 2);
    return pair.length === 2 ? pair : null;
}

export function othersOf(run, signal) {
    const place = h('div', h('p.quiet', 'Reading…'));
    const draw = async () => {
        const {items} = await get(`/v2/jobs/${encodeURIComponent(run.job_id)}/groups`, {query: {limit: 500}, signal});
        const group =
            items.find(one => one.runs.some(({id}) => id === run.id)) ??
            items.find(one => (run.group_id ? one.group_id === run.group_id : one.task_slug === run.task_slug));
        const others = (group?.runs ?? []).filter(({id}) => id !== run.id);
        replace(
            place,
            others.length
                ? h(
                      'ul.others',
                      others.map(other =>
                          h(
                              'li',
                              h('a.mono', {href: pairAddress(run.id, other.id)}, shortId(other.id)),
                              rewardText(other.reward, other.status),
                              statusPill(other.status),
                          ),
                      ),
                  )
                : h('p.none', 'No other run of this task is in its job.'),
        );
    };
    draw().catch(() => !signal.aborted && replace(place, h('p.none', 'The other runs cannot be told now.')));
    return place;
}
