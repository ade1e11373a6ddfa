// SPDX-License-Identifier: Apache-2.0
// Stretches of time that usage is looked at over. Days are UTC's, as the platform counts them; hours read in the viewer's zone.

const HOUR = 3600_000;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', hour12: false});
const date = new Intl.DateTimeFormat(undefined, {month: 'short', day: 'numeric', timeZone: 'UTC'});
const hour = new Intl.DateTimeFormat(undefined, {weekday: 'short', hour: '2-digit', minute: '2-digit', hour12: false});
const day = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeZone: 'UTC'});

export const PERIODS = [
    {id: 'day', text: '24 hours', by: 'hour', places: 24},
    {id: 'week', text: '7 days', by: 'day', places: 7},
    {id: 'month', text: '30 days', by: 'day', places: 30},
    {id: 'quarter', text: '90 days', by: 'day', places: 90},
];

/** From when on, each place in seconds, and how a place reads. The last one is the one that goes on. */
export function span(period, now = Date.now()) {
    const step = period.by === 'hour' ? HOUR : DAY;
    const last = Math.floor(now / step) * step;
    const xs = Array.from({length: period.places}, (_, index) => (last - (period.places - 1 - index) * step) / 1000);
    const format = period.by === 'hour' ? hour : day;
    return {
        from: new Date(xs[0] * 1000).toISOString(),
        xs,
        zone: period.by === 'hour' ? undefined : 'Etc/UTC',
        tick: x => (period.by === 'hour' ? clock : date).format(x * 1000),
        moment: x => format.format(x * 1000) + (period.by === 'hour' ? '' : ' (UTC)'),
        note: period.by === 'hour' ? 'Hours are of your time zone.' : 'Days are UTC’s.',
    };
}
