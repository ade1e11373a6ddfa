// SPDX-License-Identifier: Apache-2.0

import {get, getIfThere, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {buildsOf} from '../environment/builds.js';
import {bytes, isNumber, plain} from '../format.js';
import {ageText, cell, crumbs, emptyState, fold, idText, snippet, table} from '../parts.js';
import {prose, valueView} from '../run/content.js';

export function builtPill(isBuilt) {
    return h(
        'span.status',
        {class: isBuilt ? 'is-completed' : 'is-queued'},
        h('i', {'aria-hidden': 'true'}),
        isBuilt ? 'built' : 'not built',
    );
}

export async function environmentPage({root, title, signal, id}) {
    const address = `/v2/registry/${encodeURIComponent(id)}`;
    const [environment, list, builds] = await Promise.all([
        get(address, {signal}),
        getIfThere(`${address}/versions`, {query: {limit: 50}, signal}),
        buildsOf(id, signal),
    ]);
    const versions = pageOf(list).items;
    const {tasks = [], capabilities = []} = (await manifestOf(versions.find(version => version.built_at), address, signal)) ?? {};
    title(plain(environment.name));
    replace(
        root,
        crumbs(['Environments', '/environments'], [environment.name]),
        h(
            'header.page-head',
            h(
                'div',
                h('h1', plain(environment.name)),
                h(
                    'div.under',
                    isNumber(environment.latest_version)
                        ? h('span', `Version ${environment.latest_version}`)
                        : builtPill(false),
                    h('span', 'Changed ', ageText(environment.updated_at ?? environment.created_at)),
                ),
            ),
            idText(id),
        ),
        h(
            'section.block',
            h('h2', 'Tasks'),
            tasks.length
                ? h('ul.cards', tasks.map(taskCard))
                : emptyState(
                      'No tasks known',
                      h('p', 'The tasks of an environment are known once a build of it succeeded:'),
                      snippet('hud deploy --yes --no-env'),
                  ),
        ),
        capabilities.length > 0 &&
            h(
                'section.block',
                h('h2', 'Capabilities'),
                table('Capabilities', ['Name', 'Protocol', 'Parameters'], h('tbody', capabilities.map(capabilityRow))),
            ),
        versions.length > 0 &&
            h(
                'section.block',
                h('h2', 'Versions'),
                table(
                    'Versions',
                    ['Version', 'Build', 'Declared as', {text: 'Context', class: 'num'}, {text: 'Made', class: 'num'}],
                    h('tbody', versions.map(versionRow)),
                ),
            ),
        builds,
    );
}

// A list leaves a large one out.
async function manifestOf(version, address, signal) {
    const leftOut = version?.left_out?.includes('manifest');
    return leftOut ? (await get(`${address}/versions/${version.version}`, {signal})).manifest : version?.manifest;
}

function taskCard(task) {
    const {id: name, args: schema} = task;
    const properties = schema?.properties ?? null;
    return h(
        'li.card',
        h('h3', h('span.mono', plain(name))),
        task.description && prose(task.description),
        properties
            ? h(
                  'ul.arguments',
                  Object.entries(properties).map(([argument, rule]) =>
                      h(
                          'li',
                          h('span.mono', plain(argument)),
                          h(
                              'span.sub',
                              [
                                  plain(rule?.type ?? 'any'),
                                  schema.required?.includes(argument) ? '' : ', optional',
                              ].join(''),
                          ),
                      ),
                  ),
              )
            : schema && fold(`schema ${name}`, 'Arguments', () => valueView(schema)),
    );
}

const capabilityRow = capability =>
    h(
        'tr',
        cell('Name', h('span.mono', plain(capability.name ?? '–')), {class: 'main'}),
        cell('Protocol', plain(capability.protocol ?? '–')),
        cell(
            'Parameters',
            Object.keys(capability.params ?? {}).length ? valueView(capability.params) : h('span.none', 'none'),
        ),
    );

const versionRow = version =>
    h(
        'tr',
        cell('Version', String(version.version), {class: 'main'}),
        cell('Build', builtPill(Boolean(version.built_at))),
        cell('Declared as', h('span.mono', plain(version.declared_name ?? '–'))),
        cell('Context', bytes(version.context_size), {class: 'num'}),
        cell('Made', ageText(version.created_at), {class: 'num'}),
    );
