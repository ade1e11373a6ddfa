// SPDX-License-Identifier: Apache-2.0
// The console: which address shows which page, and what is shown when a page cannot be.

import {ApiError, readBy} from './api.js';
import {replace} from './dom.js';
import {canonicalId} from './format.js';
import {notice} from './notice.js';
import {warnOfOpenSandboxes} from './open-sandboxes.js';
import {forgetUser, learnUser, onOtherTabs} from './session.js';
import {drawTop} from './shell.js';
import {auditPage} from './pages/audit.js';
import {environmentPage} from './pages/environment.js';
import {environmentsPage} from './pages/environments.js';
import {jobPage} from './pages/job.js';
import {jobsPage} from './pages/jobs.js';
import {modelPage} from './pages/model.js';
import {modelsPage} from './pages/models.js';
import {peoplePage} from './pages/people.js';
import {playgroundPage} from './pages/playground.js';
import {recordingsPage} from './pages/recordings.js';
import {runsPage} from './pages/runs.js';
import {settingsPage} from './pages/settings.js';
import {sharedPage} from './pages/shared.js';
import {signInPage} from './pages/sign-in.js';
import {tasksetPage} from './pages/taskset.js';
import {tasksetsPage} from './pages/tasksets.js';
import {tracePage} from './pages/trace.js';
import {awayPage, brokenPage, forbiddenPage, missingPage} from './pages/trouble.js';
import {upstreamsPage} from './pages/upstreams.js';
import {usagePage} from './pages/usage.js';
import {workersPage} from './pages/workers.js';

const PAGES = [
    [/^\/(?:jobs\/?)?$/, jobsPage],
    [/^\/jobs\/([^/]+)\/?$/, jobPage],
    [/^\/runs\/?$/, runsPage],
    [/^\/trace\/([^/]+)\/?$/, tracePage],
    [/^\/shared\/([^/]+)\/?$/, sharedPage],
    [/^\/tasksets\/?$/, tasksetsPage],
    [/^\/tasksets\/([^/]+)(?:\/imports)?\/?$/, tasksetPage],
    [/^\/environments\/?$/, environmentsPage],
    [/^\/environments\/([^/]+)\/?$/, environmentPage],
    [/^\/models\/?$/, modelsPage],
    [/^\/models\/([^/]+)\/?$/, modelPage],
    [/^\/upstreams\/?$/, upstreamsPage],
    [/^\/playground\/?$/, playgroundPage],
    [/^\/recordings\/?$/, recordingsPage],
    [/^\/usage\/?$/, usagePage],
    [/^\/people\/?$/, peoplePage],
    [/^\/workers\/?$/, workersPage],
    [/^\/audit\/?$/, auditPage],
    [/^\/settings\/?$/, settingsPage],
];

let leave = new AbortController();
let shown = null;

async function show() {
    leave.abort();
    leave = new AbortController();
    const {signal} = leave;
    const root = document.getElementById('page');
    notice(null);
    drawTop();
    const view = {root, signal, title, query: new URLSearchParams(location.search), go, again: show};
    const [page, id] = pageFor(location.pathname);
    try {
        // Drawn again, a page stays as high as it was till it is there: whoever changed something far below still is there then.
        root.style.setProperty('--was', location.pathname === shown ? `${root.offsetHeight}px` : '0px');
        shown = location.pathname;
        replace(root);
        root.classList.add('loading');
        const byLink = page === sharedPage;
        readBy(byLink ? location.hash.slice(1) : null);
        if (byLink) return await page({...view, id});
        if (!(await learnUser(signal))) return signInPage(view);
        drawTop();
        warnOfOpenSandboxes(signal);
        await page({...view, id});
    } catch (failure) {
        if (signal.aborted) return;
        drawTrouble(failure, view);
    } finally {
        if (!signal.aborted) root.classList.remove('loading');
    }
}

function pageFor(path) {
    for (const [pattern, page] of PAGES) {
        const match = pattern.exec(path);
        if (match) return [page, match[1] && canonicalId(decoded(match[1]))];
    }
    return [missingPage, null];
}

function decoded(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

function drawTrouble(failure, view) {
    view.root.classList.remove('loading');
    if (!(failure instanceof ApiError)) {
        console.error(failure);
        brokenPage(view);
    } else if (failure.status === 401) {
        forgetUser();
        signInPage(view, 'Your sign-in is over: its time ran out, or its key was revoked. Sign in again to go on here.');
    } else if (failure.status === 403) forbiddenPage(view, failure.message);
    else if (failure.isAway) awayPage(view);
    else missingPage(view);
}

function title(text) {
    document.title = text ? `${text} · Assay` : 'Assay';
}

function go(address) {
    history.pushState(null, '', address);
    scrollTo(0, 0);
    document.getElementById('page').focus({preventScroll: true});
    return show();
}

document.addEventListener('click', event => {
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (
        link.origin !== location.origin ||
        link.target ||
        link.hasAttribute('download') ||
        link.getAttribute('href').startsWith('#')
    )
        return;
    if (!PAGES.some(([pattern]) => pattern.test(link.pathname))) return;
    event.preventDefault();
    go(link.pathname + link.search);
});
addEventListener('popstate', show);
onOtherTabs(show);
show();
