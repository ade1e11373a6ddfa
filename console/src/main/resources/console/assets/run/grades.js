// SPDX-License-Identifier: Apache-2.0
// All grades that a run was given, where there is more to tell than the one that came with its end.

import {getIfThere, send} from '../api.js';
import {h} from '../dom.js';
import {attempt} from '../form.js';
import {isNumber, plain, reward, shortId} from '../format.js';
import {fold} from '../parts.js';
import {may} from '../session.js';
import {subscoresView} from './evaluation.js';

export const readGrades = async (address, signal) => (await getIfThere(`${address}/grades`, {signal}))?.items ?? [];

/** @param run its address in the API */
export function gradesView(grades, run) {
    if (grades.length < 2) return null;
    return h(
        'section.card.grades',
        h('h2', 'All grades'),
        h(
            'ul',
            grades.map(grade =>
                h(
                    'li',
                    h('span.value', isNumber(grade.reward) ? reward(grade.reward) : 'no reward'),
                    h('span', byWhom(grade)),
                    grade.of_record && h('span.badge', {title: 'The one that statistics go by.'}, 'of record'),
                    !grade.of_record && may('member') && recordButton(grade, run),
                    grade.reason && h('p.under', plain(grade.reason)),
                    grade.details?.children?.length > 0 &&
                        fold(`given ${grade.id}`, 'What it was made of', () => subscoresView(grade.details.children, `given ${grade.id}`)),
                ),
            ),
        ),
    );
}

/** Chosen, the page tells it when it looks again. */
const recordButton = (grade, run) =>
    h(
        'button.quiet',
        {
            type: 'button',
            'aria-label': `Make the grade of ${isNumber(grade.reward) ? reward(grade.reward) : 'no reward'} by ${byWhom(grade)} count`,
            onclick: event => {
                const button = event.currentTarget;
                button.disabled = true;
                attempt(
                    async () => {
                        await send('POST', `${run}/grades/record`, {grade_id: grade.id});
                        button.replaceWith(h('span.none', 'counts from now on'));
                    },
                    {otherwise: () => (button.disabled = false)},
                );
            },
        },
        'Make it count',
    );

const byWhom = ({source, evaluator}) =>
    source === 'person' ? `a person, ${shortId(evaluator)}` : `${plain(source)}${evaluator ? ` ${plain(evaluator)}` : ''}`;
