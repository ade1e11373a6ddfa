// SPDX-License-Identifier: Apache-2.0
// A warning for as long as some worker runs environments without walls.

import {getIfThere, pageOf} from './api.js';
import {h, replace} from './dom.js';

/** Asks once for each page: a worker may come or go at any time, and the page does not wait for the answer. */
export async function warnOfOpenSandboxes(signal) {
    const answer = await getIfThere('/v2/workers', {signal}).catch(() => null);
    if (signal.aborted || !answer) return;
    const open = pageOf(answer).items.filter(worker => worker.isolation === 'none');
    replace(
        document.getElementById('warning'),
        open.length
            ? h(
                  'p',
                  h('strong', 'Sandboxes are open. '),
                  `Environments run without walls on ${named(open)} and see what the worker sees: run only your own.`,
              )
            : null,
    );
}

const named = workers => (workers.length === 1 ? workers[0].name : `${workers.length} workers`);
