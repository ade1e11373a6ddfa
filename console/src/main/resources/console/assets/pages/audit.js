// SPDX-License-Identifier: Apache-2.0
// Who changed what, and how it was before.

import {get, getIfThere, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {field, input, select} from '../form.js';
import {fullTime, localDay, plain, shortId, startOfDay, time} from '../format.js';
import {paging} from '../paging.js';
import {cell, emptyState, table} from '../parts.js';
import {differenceList} from '../audit/difference.js';

const LIMIT = 100;
/** To choose from; there are others, of what other services hold. */
const KINDS = [
    'budget',
    'job',
    'key',
    'member',
    'model',
    'price',
    'recording',
    'target',
    'taskset',
    'upstream',
    'user',
];
const FILTERS = ['object', 'person', 'action', 'from', 'to'];

export async function auditPage({root, title, query, signal, go, again}) {
    title('Audit');
    const filter = Object.fromEntries(FILTERS.map(name => [name, query.get(name)]).filter(([, value]) => value));
    const ask = cursor => get('/v2/audit', {query: {...filter, limit: LIMIT, cursor}, signal});
    const [first, people] = await Promise.all([ask(), getIfThere('/v2/team/members', {signal})]);
    const rows = h('tbody');
    const more = h('p.cut');
    paging({rows, row, more, text: 'Show older ones', ask, again})(first);
    const isFiltered = Object.keys(filter).length > 0;
    const exported = format => `/v2/audit?${new URLSearchParams({...filter, format})}`;
    replace(
        root,
        h(
            'header.page-head',
            h('div', h('h1', 'Audit'), h('p.count', 'Every change of this team, the latest first')),
            h(
                'div.actions',
                h('a.quiet-link', {href: exported('csv'), download: 'audit.csv'}, 'As CSV'),
                h('a.quiet-link', {href: exported('ndjson'), download: 'audit.ndjson'}, 'As JSON lines'),
            ),
        ),
        filters(filter, people ? pageOf(people).items : [], go, isFiltered),
        first.items.length
            ? [table('Changes', ['When', 'Who', 'What', 'Of', 'Before and after', 'Request'], rows), more]
            : isFiltered
              ? emptyState('Nothing of that kind', h('p', 'No change fits. ', h('a', {href: '/audit'}, 'Show all.')))
              : emptyState(
                    'Nothing was changed yet',
                    h(
                        'p',
                        'Keys, people, budgets, prices, upstreams and models: whoever changes one of them stands here, with what it was before.',
                    ),
                ),
    );
}

function filters(filter, people, go, isFiltered) {
    const [kind, ...id] = (filter.object ?? '').split(':');
    return h(
        'form.filters',
        {
            'aria-label': 'Which changes',
            onsubmit: event => {
                event.preventDefault();
                const typed = new FormData(event.currentTarget);
                const wanted = new URLSearchParams();
                const text = name => typed.get(name).trim();
                if (text('kind')) wanted.set('object', text('id') ? `${text('kind')}:${text('id')}` : text('kind'));
                if (text('person')) wanted.set('person', text('person'));
                if (text('action')) wanted.set('action', text('action'));
                if (text('from')) wanted.set('from', startOfDay(text('from')));
                if (text('to')) wanted.set('to', startOfDay(text('to'), 1));
                go(`/audit${wanted.size ? `?${wanted}` : ''}`);
            },
        },
        field('Kind', input('kind', kind, {list: 'kinds', placeholder: 'any'})),
        h(
            'datalist',
            {id: 'kinds'},
            KINDS.map(one => h('option', {value: one})),
        ),
        field('Its id', input('id', id.join(':'), {placeholder: 'any'})),
        people.length
            ? field(
                  'Who',
                  select(
                      'person',
                      [['', 'anybody'], ...people.map(one => [one.id, plain(one.name || one.email)])],
                      filter.person ?? '',
                  ),
              )
            : field('Who', input('person', filter.person, {placeholder: 'a user’s id'})),
        field('What', input('action', filter.action, {placeholder: 'key.revoke'})),
        field('From', input('from', localDay(filter.from), {type: 'date'})),
        field('To', input('to', filter.to ? localDay(time(filter.to) - 1) : '', {type: 'date'})),
        h(
            'div.form-end',
            h('button.button.is-second', {type: 'submit'}, 'Show'),
            isFiltered && h('a.quiet-link', {href: '/audit'}, 'Show all'),
        ),
    );
}

function row(entry) {
    const {actor, object} = entry;
    return h(
        'tr.is-tall',
        cell('When', h('time', {datetime: entry.at}, fullTime(entry.at)), {class: 'moment'}),
        cell('Who', [
            actor.id
                ? h(
                      'a',
                      {href: `/audit?person=${encodeURIComponent(actor.id)}`},
                      plain(actor.name ?? shortId(actor.id)),
                  )
                : plain(actor.name ?? actor.kind),
            entry.address && h('span.sub.mono', plain(entry.address)),
        ]),
        cell('What', h('span.mono', plain(entry.action)), {class: 'main'}),
        cell(
            'Of',
            h(
                'a',
                {href: `/audit?object=${encodeURIComponent(`${object.kind}:${object.id}`)}`, title: plain(object.id)},
                plain(object.kind),
                ' ',
                h('span.mono', plain(object.id.length > 20 ? shortId(object.id) : object.id)),
            ),
        ),
        cell('Before and after', differenceList(entry)),
        cell(
            'Request',
            entry.request_id
                ? h('span.mono.sub', {title: plain(entry.request_id)}, plain(entry.request_id.slice(-12)))
                : h('span.none', '–'),
        ),
    );
}
