// SPDX-License-Identifier: Apache-2.0
// A classic script, and the first file that the page asks for: what must not wait for the modules.

// A page that is to be dark must not flash white.
try {
    const chosen = localStorage.getItem('assay.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
    /* storage is forbidden: the system's preference holds */
}

// One of some fifty files that does not come leaves nothing to look at: a browser drops all that it has not connected for when its
// machine's network changes, be it that a container starts. So all of it is asked for again, soon at first, then every few seconds.
const isAgain = performance.getEntriesByType('navigation')[0]?.type === 'reload';
addEventListener(
    'error',
    event => {
        if (event.target instanceof Element && event.target.matches('script, link[rel=stylesheet]'))
            setTimeout(() => location.reload(), isAgain ? 5000 : 1000);
    },
    true,
);
