// SPDX-License-Identifier: Apache-2.0

import {get} from '../api.js';
import {h, replace} from '../dom.js';
import {isNumber, plain, plural} from '../format.js';
import {ageText, cell, crumbs, emptyState, fold, idText, snippet, table} from '../parts.js';
import {prose, valueView} from '../run/content.js';

const BUILD = {SUCCEEDED: 'completed', FAILED: 'error', TIMED_OUT: 'error', STOPPED: 'cancelled', CANCELLING: 'cancelled'};

export function buildPill(status) {
    if (!status) return h('span.none', '–');
    const word = String(status).toLowerCase().replaceAll('_', ' ');
    return h('span.status', {class: `is-${BUILD[String(status).toUpperCase()] ?? 'running'}`}, h('i', {'aria-hidden': 'true'}), plain(word));
}

export async function environmentPage({root, title, signal, id}) {
    const environment = await get(`/v2/registry/${encodeURIComponent(id)}`, {signal});
    const versions = environment.versions ?? [];
    const newest = environment.latest_version ?? versions[0] ?? null;
    const manifest = environment.manifest ?? newest?.manifest ?? null;
    const tasks = environment.tasks ?? manifest?.tasks ?? [];
    const capabilities = environment.capabilities ?? manifest?.capabilities ?? manifest?.bindings ?? [];
    const number = environment.version ?? newest?.number;
    title(plain(environment.name));
    replace(root, crumbs(['Environments', '/environments'], [environment.name]),
        h('header.page-head', h('div', h('h1', plain(environment.name)), h('div.under',
            isNumber(number) && h('span', `Version ${number}`),
            environment.latest_build_status && buildPill(environment.latest_build_status),
            h('span', 'Changed ', ageText(environment.updated_at ?? environment.created_at)))), idText(id)),
        environment.description && h('p.lead', plain(environment.description)),
        h('section.block', h('h2', 'Tasks'), tasks.length
            ? h('ul.cards', tasks.map(taskCard))
            : emptyState('No version yet', h('p', 'The tasks of an environment are known once a build of it succeeded:'),
                snippet('hud deploy --yes --no-env'))),
        capabilities.length > 0 && h('section.block', h('h2', 'Capabilities'), table('Capabilities', ['Name', 'Protocol', 'Parameters'],
            h('tbody', capabilities.map(capabilityRow)))),
        versions.length > 0 && h('section.block', h('h2', 'Versions'), table('Versions', [{text: 'Version', class: 'num'}, 'Build', 'Contents', {text: 'Made', class: 'num'}],
            h('tbody', versions.map(versionRow)))));
}

function taskCard(task) {
    const name = task.id ?? task.name ?? 'task';
    const schema = task.args_schema ?? task.args ?? task.arguments ?? task.input_schema ?? task.parameters;
    const properties = schema?.properties ?? null;
    return h('li.card', h('h3', h('span.mono', plain(name))),
        task.description && prose(task.description),
        properties
            ? h('ul.arguments', Object.entries(properties).map(([argument, rule]) => h('li', h('span.mono', plain(argument)),
                h('span.sub', [plain(rule?.type ?? 'any'), schema.required?.includes(argument) ? '' : ', optional'].join('')))))
            : schema && fold(`schema ${name}`, 'Arguments', () => valueView(schema)));
}

const capabilityRow = capability => h('tr',
    cell('Name', h('span.mono', plain(capability.name ?? '–')), {class: 'main'}),
    cell('Protocol', plain(capability.protocol ?? '–')),
    cell('Parameters', Object.keys(capability.params ?? {}).length ? valueView(capability.params) : h('span.none', 'none')));

const versionRow = version => h('tr',
    cell('Version', version.number ?? version.version ?? '–', {class: 'num main'}),
    cell('Build', buildPill(version.status ?? version.build_status ?? 'SUCCEEDED')),
    cell('Contents', isNumber(version.task_count ?? version.tasks?.length ?? version.manifest?.tasks?.length)
        ? plural(version.task_count ?? version.tasks?.length ?? version.manifest.tasks.length, 'task') : h('span.none', '–')),
    cell('Made', ageText(version.created_at), {class: 'num'}));
