// SPDX-License-Identifier: Apache-2.0
// What the platform tells by itself, so that a page need not ask again and again.

/** After a step others follow at once: they are looked at together. */
const TOGETHER_MS = 250;

/**
 * Listens at an address. The browser comes again by itself after a stream has ended, and goes on where it was; where there is no stream,
 * nothing is heard, and pages ask as they would without.
 */
export function newsOf(address, signal) {
    let source = null;
    let heard = false;
    let wake = () => {};

    const hear = () => {
        heard = true;
        setTimeout(() => wake(), TOGETHER_MS);
    };

    const close = () => {
        source?.close();
        source = null;
    };

    const open = () => {
        // one that was refused does not come again by itself
        if ((source && source.readyState !== EventSource.CLOSED) || signal.aborted || document.hidden) return;
        source = new EventSource(address);
        for (const event of ['now', 'step']) source.addEventListener(event, hear);
        source.addEventListener('over', () => {
            close();
            hear();
        });
    };

    signal.addEventListener('abort', close, {once: true});
    document.addEventListener('visibilitychange', () => document.hidden && close(), {signal});
    return {
        open,
        close,
        isOpen: () => source?.readyState === EventSource.OPEN,
        /** Resolves when something was told since the last time, at once if it was already. */
        next: () =>
            new Promise(resolve => {
                wake = () => {
                    if (!heard) return;
                    heard = false;
                    wake = () => {};
                    resolve();
                };
                if (heard) setTimeout(() => wake(), TOGETHER_MS);
            }),
    };
}
