// SPDX-License-Identifier: Apache-2.0
// The API key of this browser.

const NAME = 'assay.key';
let memory = null;

export function key() {
    try {
        return localStorage.getItem(NAME) ?? memory;
    } catch {
        return memory;
    }
}

export function signIn(value) {
    memory = value;
    try {
        localStorage.setItem(NAME, value);
    } catch {
        /* storage is forbidden: the key lives as long as the page */
    }
}

export function signOut() {
    memory = null;
    try {
        localStorage.removeItem(NAME);
    } catch {
        /* nothing was kept */
    }
}

/** `#key=…` signs in. It leaves the address bar and the history at once, before anything else runs. */
export function takeKeyFromAddress() {
    const match = /^#key=(.+)$/.exec(location.hash);
    if (!match) return;
    history.replaceState(null, '', location.pathname + location.search);
    try {
        signIn(decodeURIComponent(match[1]).trim());
    } catch {
        /* not decodable: no key */
    }
}
