// SPDX-License-Identifier: Apache-2.0

import {get, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {amount, isNumber, plain, plural} from '../format.js';
import {ageText, cell, emptyState, pager, snippet, table} from '../parts.js';

const LIMIT = 100;

export async function tasksetsPage({root, title, query, signal}) {
    title('Tasksets');
    const offset = Math.max(0, Number.parseInt(query.get('offset') ?? '0', 10) || 0);
    const {items, total} = pageOf(await get('/v2/tasksets', {query: {limit: LIMIT, offset}, signal}));
    replace(
        root,
        h('header.page-head', h('div', h('h1', 'Tasksets'), h('p.count', total > 0 && plural(total, 'taskset')))),
        items.length
            ? [
                  table(
                      'Tasksets',
                      ['Taskset', {text: 'Tasks', class: 'num'}, {text: 'Changed', class: 'num'}],
                      h('tbody', items.map(row)),
                  ),
                  pager({offset, limit: LIMIT, total, address: to => `/tasksets?offset=${to}`}),
              ]
            : emptyState(
                  'No tasksets yet',
                  h('p', 'A taskset is a list of tasks that are evaluated together. The example brings one:'),
                  snippet('./assay demo'),
                  h('p', 'Tasks that you declared in Python are published from their folder:'),
                  snippet('eval "$(./assay env)"\nhud sync tasks my-taskset --yes'),
              ),
    );
}

function row(taskset) {
    return h(
        'tr',
        {class: 'linked'},
        cell('Taskset', h('a.row-link', {href: `/tasksets/${taskset.id}`}, plain(taskset.name)), {class: 'main'}),
        cell('Tasks', isNumber(taskset.task_count) ? amount(taskset.task_count) : h('span.none', '–'), {class: 'num'}),
        cell('Changed', ageText(taskset.updated_at ?? taskset.created_at), {class: 'num'}),
    );
}
