// SPDX-License-Identifier: Apache-2.0
// A job beside others, task by task. Which ones stands in the address.

import {get, getIfThere, pageOf} from '../api.js';
import {allOf, csvButton} from '../csv.js';
import {h, isStale, keyed, replace} from '../dom.js';
import {amount, isNumber, plain, plural, reward, shortId} from '../format.js';
import {cell, figure, rewardText, table} from '../parts.js';
import {interval} from './statistics.js';

const WHY = {
    only_here: 'only in this job',
    only_there: 'only in the other',
    other_version: 'of another version',
    other_environment: 'of another environment',
    ambiguous: 'could be several',
    unnamed: 'without a name',
    not_graded_here: 'without a grade here',
    not_graded_there: 'without a grade there',
};
const WORDS = {win: 'better', loss: 'worse', tie: 'alike'};
const FIRST = 100;

export const comparedIn = query => query.getAll('with').filter(Boolean).slice(0, 10);

const signed = value => (value > 0 ? '+' : '') + reward(value);

/**
 * @param chosen is called when others are to be compared with, or none
 * @returns what asks anew and draws
 */
export function comparison(place, id, signal, chosen) {
    const rows = h('tbody');
    let shown = FIRST;
    let options = null;
    let drawn = null;

    const ask = (others, limit, cursor) => {
        const query = new URLSearchParams(others.map(other => ['with', other]));
        query.set('limit', limit);
        if (cursor) query.set('cursor', cursor);
        return get(`/v2/jobs/${encodeURIComponent(id)}/compare?${query}`, {signal});
    };

    const draw = async (job, others) => {
        options ??= await candidates(job, id, signal);
        let failure = null;
        const told = others.length ? await ask(others, shown).catch(failed => {
                  failure = failed;
                  return null;
              }) : null;
        if (failure && !failure.isAway && !signal.aborted) return replace(place, head(null, others), h('p.is-error', plain(failure.message)));
        if (failure) return;
        if (signal.aborted || !isStale(place, JSON.stringify([told, options, others]))) return;
        if (!told && !options.length) return replace(place);
        if (drawn !== others.join() || !told) {
            drawn = others.join();
            replace(place, head(told, others), told && [h('div.compared'), tableOf(told)]);
        }
        if (!told) return;
        replace(place.querySelector('.compared'), told.comparisons.map(one => summary(one, told.comparisons.length > 1)));
        keyed(rows, told.items, {
            key: task => JSON.stringify([task.task_slug, task.environment, task.task_version_id]),
            signature: JSON.stringify,
            render: taskRow,
        });
        place.querySelector(':scope > .cut')?.remove();
        if (told.next)
            place.append(
                h('p.cut', `The first ${amount(told.items.length)} tasks. `, shown < 1000 && h('button.more', {type: 'button', onclick: more}, 'Show more')),
            );

        async function more() {
            shown = Math.min(1000, 2 * shown);
            await draw(job, others);
        }
    };

    const head = (told, others) =>
        h(
            'div.block-head',
            h('h2', told ? 'Compared' : 'Compare'),
            h(
                'label.inline-field',
                told ? 'and with ' : 'with ',
                h(
                    'select',
                    {'aria-label': 'Compare with', onchange: event => event.target.value && chosen([...others, event.target.value])},
                    h('option', {value: ''}, options.length ? 'a job …' : 'no other job'),
                    options.filter(one => !others.includes(one.id)).map(one => h('option', {value: one.id}, plain(one.name || shortId(one.id)))),
                ),
            ),
            others.length > 0 && h('button.quiet', {type: 'button', onclick: () => chosen([])}, 'Stop'),
            told && csvButton(`${id}.compared.csv`, () => lines(told, others)),
        );

    const tableOf = told =>
        table(
            'Compared tasks',
            [
                'Task',
                {text: 'This job', class: 'num'},
                ...told.comparisons.flatMap(one => [
                    {text: plain(one.name || shortId(one.job_id)), class: 'num'},
                    {text: 'Difference', class: 'num'},
                ]),
            ],
            rows,
        );

    const lines = async (told, others) => {
        const all = await allOf(cursor => ask(others, 1000, cursor));
        const columns = others.flatMap((other, index) => {
            const name = told.comparisons[index].job_id;
            return [`mean_reward ${name}`, `graded_count ${name}`, `difference ${name}`, `outcome ${name}`];
        });
        return [
            ['task_slug', 'environment', 'task_version_id', 'mean_reward', 'graded_count', ...columns],
            ...all.map(task => [
                task.task_slug,
                task.environment,
                task.task_version_id,
                task.mean_reward,
                task.graded_count,
                ...task.others.flatMap(one => [one.mean_reward, one.graded_count, one.difference, one.outcome]),
            ]),
        ];
    };

    return draw;
}

/** Jobs of the same taskset, or of any where this has none. */
async function candidates(job, id, signal) {
    const answer = await getIfThere('/v2/jobs', {query: {limit: 50, taskset_id: job.taskset_id}, signal});
    return pageOf(answer).items.filter(one => one.id !== job.id && one.id !== id && one.graded_count > 0);
}

function summary(one, named) {
    const {difference, wins, losses, ties} = one;
    const unpaired = Object.entries(one.unpaired_because);
    return h(
        'section.numbers',
        {'aria-label': `Compared with ${plain(one.name || shortId(one.job_id))}`},
        figure(
            named ? `Difference to ${plain(one.name || shortId(one.job_id))}` : 'Difference',
            isNumber(difference.mean) ? signed(difference.mean) : h('span.none', '–'),
            interval(difference) || h('span', {title: difference.formula}, 'too little to say'),
        ),
        figure('Better', amount(wins), `of ${plural(one.paired_count, 'task')} in both`),
        figure('Worse', amount(losses), ties ? `${amount(ties)} alike` : ''),
        figure(
            'The other’s mean',
            isNumber(one.mean_reward.mean) ? reward(one.mean_reward.mean) : h('span.none', '–'),
            [h('a', {href: `/jobs/${one.job_id}`}, plain(one.name || shortId(one.job_id))), !one.complete && ', not over'],
        ),
        figure(
            'Not compared',
            amount(unpaired.reduce((sum, [, many]) => sum + many, 0)),
            h(
                'span',
                {title: one.unpaired.map(task => `${plain(task.task_slug ?? 'no name')}: ${WHY[task.why] ?? task.why}`).join('\n')},
                unpaired.map(([why, many]) => `${amount(many)} ${WHY[why] ?? why}`).join(', ') || 'every task is in both',
                one.version_unknown_count > 0 && `; of ${amount(one.version_unknown_count)} the version is not known`,
            ),
        ),
    );
}

function taskRow(task) {
    return h(
        'tr',
        cell('Task', h('span.mono', plain(task.task_slug || 'no task named')), {class: 'main'}),
        cell('This job', rewardText(task.mean_reward), {class: 'num'}),
        task.others.flatMap(one => [
            cell('The other', isNumber(one.mean_reward) ? h('span.reward', reward(one.mean_reward)) : h('span.none', '–'), {class: 'num'}),
            cell(
                'Difference',
                isNumber(one.difference)
                    ? h('span', {class: `is-${one.outcome}`}, signed(one.difference), ' ', h('span.sub', WORDS[one.outcome]))
                    : h('span.none', '–'),
                {class: 'num'},
            ),
        ]),
    );
}
