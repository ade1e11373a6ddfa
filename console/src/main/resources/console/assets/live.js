// SPDX-License-Identifier: Apache-2.0
// Keeps a page up to date.

import {ApiError} from './api.js';
import {notice} from './notice.js';

/** While a page is told what happens it asks by itself only this often, in case something was not. */
const TOLD_MS = 15_000;

const pause = (ms, signal, news) =>
    new Promise(resolve => {
        const timer = setTimeout(resolve, news?.isOpen() ? Math.max(ms, TOLD_MS) : ms);
        news?.next().then(() => {
            clearTimeout(timer);
            resolve();
        });
        signal.addEventListener(
            'abort',
            () => {
                clearTimeout(timer);
                resolve();
            },
            {once: true},
        );
    });

const visible = signal =>
    new Promise(resolve => {
        if (!document.hidden) return resolve();
        const look = () => {
            if (document.hidden && !signal.aborted) return;
            document.removeEventListener('visibilitychange', look);
            resolve();
        };
        document.addEventListener('visibilitychange', look);
        signal.addEventListener('abort', look, {once: true});
    });

/**
 * Calls `refresh` until it answers null; a number is the milliseconds until the next call. While the platform is away
 * the page keeps what it shows, says so, and asks again ever more slowly. A page nobody looks at asks nothing.
 *
 * @param news where the page is told that there is something new: until then it need not ask
 */
export async function live(refresh, signal, first = 0, news = null) {
    let wait = first;
    let failures = 0;
    while (!signal.aborted && wait !== null) {
        if (wait) await pause(wait, signal, news);
        await visible(signal);
        if (signal.aborted) return;
        try {
            wait = await refresh();
            if (failures) notice(null);
            failures = 0;
        } catch (failure) {
            if (signal.aborted) return;
            if (!(failure instanceof ApiError) || !failure.isAway) throw failure;
            failures += 1;
            wait = Math.min(15_000, 1000 * 2 ** failures);
            notice('The platform does not answer. This page shows what it knew last and goes on asking.');
        }
    }
}
