// SPDX-License-Identifier: Apache-2.0
// One call of a model, as its bytes come.

import {getIfThere} from '../api.js';

export const address = path => `/v2/playground/${path}`;

/**
 * Calls a model. Whatever it answers is told as it is, errors too.
 *
 * @param told `{head(response), text(part)}`
 */
export async function callModel(path, body, told, signal) {
    const response = await fetch(address(path), {
        method: 'POST',
        headers: {'Content-Type': 'application/json', 'X-Requested-With': 'console'},
        body,
        signal,
        cache: 'no-store',
    });
    told.head(response);
    if (!response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) told.text(next.value);
}

/** Whole events of a stream out of parts that end anywhere; each as the JSON that it holds, or null. */
export class Events {
    #rest = '';

    take(text) {
        const lines = (this.#rest + text).split(/\r?\n/);
        this.#rest = lines.pop();
        return lines
            .filter(line => line.startsWith('data:'))
            .map(line => parsed(line.slice(5)))
            .filter(Boolean);
    }
}

export function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return null;
    }
}

/** Calls are booked within a second of their end; so long after it, and so often, they are looked for. */
const WAITS_MS = [250, 350, 500, 800];

/** What the ledger says of a call; null where it was not booked at all, as one of a model that there is not. */
export async function bookedCall(id, signal) {
    for (const wait of id ? WAITS_MS : []) {
        await new Promise(resolve => setTimeout(resolve, wait));
        if (signal.aborted) return null;
        const booked = await getIfThere(`/v2/calls/${encodeURIComponent(id)}`, {signal});
        if (booked) return booked;
    }
    return null;
}
