// SPDX-License-Identifier: Apache-2.0
// A classic script, loaded before the first paint: a page that is to be dark must not flash white.
(() => {
    try {
        const chosen = localStorage.getItem('assay.theme');
        if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
    } catch {
        /* storage is forbidden: the system's preference holds */
    }
})();
