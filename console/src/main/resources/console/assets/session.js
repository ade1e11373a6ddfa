// SPDX-License-Identifier: Apache-2.0
// Who is signed in. The browser holds a cookie that no script can read; no key stays anywhere.

import {ApiError, get, getIfThere, pageOf, send} from './api.js';

const tabs = new BroadcastChannel('assay.session');
let me = null;

/** Who is signed in, as far as this page knows. */
export const user = () => me;

const RANKS = ['viewer', 'member', 'administrator'];

/** A key may have been made to open less than its holder may; of these scopes it then needs one. */
const SCOPES = {viewer: ['read'], member: ['write', 'admin'], administrator: ['admin']};

const opens = scopes => !me?.scopes?.length || scopes.some(scope => me.scopes.includes(scope));
const isAtLeast = role => RANKS.indexOf(me?.role) >= RANKS.indexOf(role);

/** Whether who is signed in may do what takes a role. Only for what to offer: the platform decides. */
export const may = role => isAtLeast(role) && opens(SCOPES[role]);

export const mayCallModels = () => isAtLeast('member') && opens(['models']);

/** Whether something of one's own may be changed, as every role may. */
export const mayChangeOwn = () => opens(SCOPES.member);

/** Asks who is signed in; null where nobody is. */
export async function learnUser(signal) {
    try {
        me ??= await get('/v2/auth/me', {signal});
    } catch (failure) {
        if (!(failure instanceof ApiError) || failure.status !== 401) throw failure;
    }
    return me;
}

export async function signIn(key) {
    await send('POST', '/v2/auth/session', {key});
    forgetUser();
    if (!(await learnUser()))
        throw new ApiError(0, 'This browser did not keep the cookie. Is this the address that the platform is meant to be opened by?');
    tabs.postMessage('changed');
}

export async function signOut() {
    await send('DELETE', '/v2/auth/session');
    forgetUser();
    tabs.postMessage('changed');
}

let teams = null;

/** The teams that this person is in, asked for once. */
export function learnTeams() {
    teams ??= getIfThere('/v2/auth/teams').then(
        answer => (answer ? pageOf(answer).items : []),
        () => {
            teams = null; // the next page asks again
            return [];
        },
    );
    return teams;
}

export async function changeTeam(id) {
    await send('POST', '/v2/auth/team', {team_id: id});
    forgetUser();
    tabs.postMessage('changed');
}

/** The cookie is no longer good: whoever it was, it is nobody now. */
export function forgetUser() {
    me = null;
    teams = null;
}

/** Pages of one browser share its cookie: when another one signs in or out, this one must not show what was before. */
export function onOtherTabs(changed) {
    tabs.addEventListener('message', () => {
        forgetUser();
        changed();
    });
}

/** Earlier versions kept the key itself here. */
try {
    localStorage.removeItem('assay.key');
} catch {
    /* storage is forbidden: nothing was kept */
}
