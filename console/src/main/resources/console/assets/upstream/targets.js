// SPDX-License-Identifier: Apache-2.0
// Where the calls of a model go.

/**
 * `[{id, name, priority, weight, as, upstream}]`, those first that are asked first: the team's own targets, or else the provider that the
 * catalog names, which has no `id`. `upstream` is what is known of it, and is not there for one that is played by scripts.
 */
export function upstreamsOf(model, {upstreams, targets}) {
    const known = name => upstreams.find(one => one.name === name);
    const own = targets
        .filter(target => target.model_name.toLowerCase() === String(model.model_name).toLowerCase())
        .sort((a, b) => a.priority - b.priority || b.weight - a.weight);
    if (!own.length) {
        const name = model.provider?.name;
        return [{name, as: null, upstream: known(name)}];
    }
    return own.map(target => ({
        id: target.id,
        name: target.upstream,
        as: target.upstream_model,
        priority: target.priority,
        weight: target.weight,
        upstream: known(target.upstream),
    }));
}
