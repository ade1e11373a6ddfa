// SPDX-License-Identifier: Apache-2.0
// The public API, as any script would use it, but for the cookie that speaks for this browser.

const PATIENCE_MS = 20_000;
/** A file may be large, and its way slow. */
const PATIENCE_WITH_FILES_MS = 600_000;
/** After which what only reads is asked for once more: a network that changes ends all that is under way in it. */
const BREATH_MS = 400;

/** `status` is 0 where no readable answer came at all; `isBroken`: the connection did, before anybody's patience was at its end. */
export class ApiError extends Error {
    constructor(status, detail, isBroken = false) {
        super(detail);
        this.status = status;
        this.isBroken = isBroken;
    }

    get isAway() {
        return this.status === 0 || this.status === 429 || this.status >= 500;
    }
}

export async function get(path, {query = {}, signal} = {}) {
    const address = new URL(path, location.origin);
    for (const [name, value] of Object.entries(query)) {
        if (value !== null && value !== undefined) address.searchParams.set(name, value);
    }
    try {
        return await ask(address, {}, signal);
    } catch (failure) {
        if (!failure.isBroken) throw failure;
        await new Promise(resolve => setTimeout(resolve, BREATH_MS));
        return ask(address, {}, signal);
    }
}

/** Changes something. The header says that this page asks: other sites' pages cannot set it, and nothing is changed without. */
export function send(method, path, body) {
    const headers = {'X-Requested-With': 'console'};
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    return ask(new URL(path, location.origin), {method, headers, body: body && JSON.stringify(body)});
}

/** The same with a file, as it is. */
export function sendFile(path, file) {
    const headers = {'X-Requested-With': 'console', 'Content-Type': 'application/octet-stream'};
    return ask(new URL(path, location.origin), {method: 'PUT', headers, body: file}, null, PATIENCE_WITH_FILES_MS);
}

let secret = null;

/** From now on a link speaks for this page, and not its cookie; null: the cookie does. */
export function readBy(link) {
    secret = link;
}

async function ask(address, {headers, ...request}, signal, patienceMs = PATIENCE_MS) {
    const patience = AbortSignal.timeout(patienceMs);
    let response;
    let text;
    try {
        response = await fetch(address, {
            ...request,
            headers: {Accept: 'application/json', ...(secret !== null && {Authorization: `Bearer ${secret}`}), ...headers},
            signal: signal ? AbortSignal.any([signal, patience]) : patience,
            cache: 'no-store',
        });
        text = await response.text();
    } catch (failure) {
        if (signal?.aborted) throw failure;
        throw new ApiError(0, 'The platform does not answer.', failure instanceof TypeError);
    }
    const body = response.status === 204 ? null : parsed(text);
    if (!response.ok)
        throw new ApiError(response.status, sentence(body) ?? `The platform answered with status ${response.status}.`);
    if (body === undefined) throw new ApiError(0, 'The platform gave an answer that cannot be read.');
    return body;
}

/** Null where the platform knows nothing of it: for what a page can do without. */
export async function getIfThere(path, options) {
    try {
        return await get(path, options);
    } catch (failure) {
        if (failure instanceof ApiError && [400, 403, 404, 405, 422, 501].includes(failure.status)) return null;
        throw failure;
    }
}

export function pageOf(body) {
    const items = Array.isArray(body) ? body : (body?.items ?? []);
    return {items, total: body?.total ?? items.length};
}

/** All rows up to `most`, in pages; `total` tells how many there are. */
export async function getAll(path, {most = 2000, size = 500, ...options} = {}) {
    const items = [];
    let total = 0;
    do {
        const query = {...options.query, limit: size, offset: items.length};
        const page = pageOf(await get(path, {...options, query}));
        items.push(...page.items);
        total = Math.max(page.total, items.length);
        if (!page.items.length) break;
    } while (items.length < Math.min(total, most));
    return {items, total};
}

function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

const sentence = body =>
    typeof body?.detail === 'string' ? body.detail : typeof body?.title === 'string' ? body.title : null;
