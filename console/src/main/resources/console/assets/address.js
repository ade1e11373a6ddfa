// SPDX-License-Identifier: Apache-2.0
// What a page shows stands in its address: whoever is given it sees the same.

/** A parameter is a text, several, or null for none; others stay. */
export function inAddress(parameters) {
    const search = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(parameters)) {
        const [first, ...further] = [value ?? []].flat();
        if (first === undefined) search.delete(name);
        else search.set(name, first); // where it stood before
        for (const one of further) search.append(name, one);
    }
    history.replaceState(null, '', `${location.pathname}${search.size ? `?${search}` : ''}`);
}
