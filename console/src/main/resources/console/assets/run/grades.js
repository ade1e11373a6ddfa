// SPDX-License-Identifier: Apache-2.0
// All grades that a run was given, where there is more to tell than the one that came with its end.

import {getIfThere} from '../api.js';
import {h} from '../dom.js';
import {isNumber, plain, reward, shortId} from '../format.js';

export const readGrades = async (address, signal) => (await getIfThere(`${address}/grades`, {signal}))?.items ?? [];

export function gradesView(grades) {
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
                    grade.reason && h('p.under', plain(grade.reason)),
                ),
            ),
        ),
    );
}

const byWhom = ({source, evaluator}) =>
    source === 'person' ? `a person, ${shortId(evaluator)}` : `${plain(source)}${evaluator ? ` ${plain(evaluator)}` : ''}`;
