// SPDX-License-Identifier: Apache-2.0
// What of usage is looked at, and how it reads.

import {amount, amountInShort, money, moneyInShort} from '../format.js';

export const MEASURES = [
    {id: 'cost', text: 'Cost', of: sum => sum.cost_usd, value: money, short: moneyInShort},
    {
        id: 'tokens',
        text: 'Tokens',
        of: sum => sum.input_tokens + sum.output_tokens,
        value: amount,
        short: amountInShort,
    },
    {id: 'calls', text: 'Calls', of: sum => sum.calls, value: amount, short: amountInShort},
    {id: 'errors', text: 'Errors', of: sum => sum.errors, value: amount, short: amountInShort},
];

export const GROUPS = [
    {id: 'model', text: 'Model', none: 'no model'},
    {id: 'job', text: 'Job', none: 'no job'},
    {id: 'key', text: 'Key', none: 'no key: runs, and sign-ins without one'},
    {id: 'user', text: 'Person', none: 'runs'},
    {id: 'upstream', text: 'Upstream', none: 'never came to one'},
];
