// SPDX-License-Identifier: Apache-2.0
// The team's recordings of model calls: what there is, what is done with it, and files in and out.

import {get, getIfThere, pageOf, send} from '../api.js';
import {h, replace} from '../dom.js';
import {opened, twoClicks} from '../form.js';
import {amount, bytes, plural} from '../format.js';
import {ageText, cell, emptyState, table} from '../parts.js';
import {loadForm} from '../recording/load.js';
import {usersOf, usersText} from '../recording/users.js';
import {may} from '../session.js';

export async function recordingsPage({root, title, signal, again}) {
    title('Recordings');
    const [recordings, keys, jobs] = await Promise.all([
        get('/v2/recordings', {signal}),
        getIfThere('/v2/keys', {signal}),
        getIfThere('/v2/recorded-jobs', {query: {limit: 1000}, signal}),
    ]);
    const stored = pageOf(recordings).items;
    const users = await usersOf(pageOf(keys).items, pageOf(jobs).items, signal);
    // A key or a job may name one that nothing was recorded in yet.
    const missing = [...users.keys()].filter(name => !stored.some(one => one.name === name)).map(name => ({name}));
    const items = [...stored, ...missing].sort((a, b) => a.name.localeCompare(b.name));
    const loading = may('member') ? opened('Load a file', close => loadForm(stored, close, again)) : null;
    replace(
        root,
        h(
            'header.page-head',
            h('div', h('h1', 'Recordings'), h('p.count', stored.length > 0 && plural(stored.length, 'recording'))),
            loading && h('span.head-end', loading.button),
        ),
        h(
            'p.lead',
            'Answers of models, recorded once and given again: an evaluation that is answered from a recording asks no provider and costs nothing.',
        ),
        loading?.place,
        items.length
            ? table(
                  'Recordings',
                  [
                      'Recording',
                      'Whose calls',
                      {text: 'Answers', class: 'num'},
                      {text: 'Size', class: 'num'},
                      {text: 'Made', class: 'num'},
                      {text: 'Changed', class: 'num'},
                      {text: '', class: 'num'},
                  ],
                  h(
                      'tbody',
                      items.map(one => row(one, users.get(one.name), again)),
                  ),
              )
            : noRecordings(),
    );
}

function row(recording, users, again) {
    const {name} = recording;
    const path = `/v2/recordings/${encodeURIComponent(name)}`;
    const isThere = recording.calls !== undefined;
    const isAskedInVain = !isThere && users.some(({mode}) => mode === 'replay');
    return h(
        'tr',
        cell(
            'Recording',
            [
                h('strong.name', name),
                !isThere &&
                    h(
                        'span.sub',
                        {class: isAskedInVain && 'is-warn'},
                        isAskedInVain ? 'not there: what is to be answered from it is refused' : 'nothing is recorded in it yet',
                    ),
            ],
            {class: 'main'},
        ),
        cell('Whose calls', usersText(users)),
        cell('Answers', isThere ? amount(recording.calls) : h('span.none', '–'), {class: 'num'}),
        cell('Size', isThere ? bytes(recording.bytes) : h('span.none', '–'), {class: 'num'}),
        cell('Made', ageText(recording.created_at), {class: 'num'}),
        cell('Changed', ageText(recording.updated_at), {class: 'num'}),
        cell(
            '',
            isThere
                ? h(
                      'span.actions',
                      h(
                          'a.quiet-link',
                          {href: path, download: `${name}.recording.jsonl`, 'aria-label': `Download the recording ${name}`},
                          'Download',
                      ),
                      may('member') &&
                          twoClicks({
                              text: 'Delete',
                              sure: users?.length ? 'Delete, though it is in use' : 'Delete for good',
                              label: `Delete the recording ${name}`,
                              act: () => send('DELETE', path),
                              after: again,
                          }),
                  )
                : null,
            {class: 'num'},
        ),
    );
}

const noRecordings = () =>
    emptyState(
        'No recordings yet',
        h(
            'p',
            'Record an evaluation once, with a provider’s key; commit the file; from then on the same evaluation runs in CI with no provider.',
        ),
        h(
            'p',
            'To begin one, set it at ',
            h('a', {href: '/people'}, 'a key'),
            ' or on the page of ',
            h('a', {href: '/jobs'}, 'a job'),
            ': what is asked with them from then on is recorded. A file that was recorded elsewhere can be loaded here.',
        ),
    );
