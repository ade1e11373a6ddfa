// SPDX-License-Identifier: Apache-2.0
// Who takes runs: what each worker is, does and has. Whoever may drains them, and makes credentials for others.

import {get, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {plural} from '../format.js';
import {live} from '../live.js';
import {emptyState, snippet} from '../parts.js';
import {credentialBlock} from '../worker/credentials.js';
import {heldTable, workerTable} from '../worker/table.js';

export async function workersPage({root, title, signal, again}) {
    title('Workers');
    const count = h('p.count');
    const list = h('div');
    const credentials = h('div');
    let drawn = null;

    const refresh = async (acted = false) => {
        const answer = await get('/v2/workers', {signal});
        const {items} = pageOf(answer);
        const mayManage = Boolean(answer.may_manage);
        if (drawn === null) {
            replace(
                root,
                h('header.page-head', h('div', h('h1', 'Workers'), count)),
                h('p.lead', 'Who takes runs, for all teams. Those that were heard of within the last minute and a half.'),
                list,
                credentials,
            );
            if (mayManage) replace(credentials, credentialBlock(pageOf(await get('/v2/workers/credentials', {signal})).items, again));
            root.classList.remove('loading');
        }
        const signature = JSON.stringify(items);
        if (drawn !== signature && (acted || !isInUse(list))) {
            drawn = signature;
            replace(count, items.length > 0 && plural(items.length, 'worker'));
            replace(
                list,
                items.length ? [workerTable(items, {mayManage, refresh: () => refresh(true)}), heldTable(items)] : noWorkers(),
            );
        }
        return 5_000;
    };
    await live(() => refresh(), signal, await refresh());
}

/** Somebody is about to press something in it, or was asked whether they are sure: it is not drawn anew under their hand. */
const isInUse = list => list.contains(document.activeElement) || list.querySelector('.revoke > :nth-child(2)') !== null;

const noWorkers = () =>
    emptyState(
        'No workers',
        h('p', 'Nobody was heard of: what is submitted waits until somebody comes. The platform on one machine brings its own:'),
        snippet('./assay up'),
        h('p', 'One on another machine needs the address of job-service and a credential, which is made here or by the operator:'),
        snippet('SERVICE=worker ASSAY_JOB_URL=http://… ASSAY_WORKER_CREDENTIAL=awc_…'),
    );
