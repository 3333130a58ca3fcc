import { reading } from '../../../apps/provisioning/src/targets/target.js';
import { type Deviation, create, codeOf, refuse, patches, empties, isNotSent } from './deviation.js';
import { operationsOf } from './quirk-server.js';

/** Which values servers take, and what their answers mean. */
export const ofValues: Readonly<Record<string, Deviation>> = {
  'long values are cut': {
    row: 21,
    switches: { lengths: { title: 5 } },
    server: [],
    works: isNotSent({ title: 'Director' }),
  },
  'some characters are refused': {
    row: 21,
    switches: { forbiddenCharacters: '<>' },
    server: [],
    works: isNotSent({ title: '<b>' }),
  },
  'an attribute is required': { row: 22, switches: { required: ['title'] }, server: [], works: isNotSent({}) },
  'a list has one value': {
    row: 23,
    switches: { maxValues: { phoneNumbers: 1 } },
    server: [],
    works: isNotSent({ phoneNumbers: [{ value: '1' }, { value: '2' }] }),
  },
  '201 is answered, and nobody was made': {
    row: 26,
    switches: { readBack: true },
    server: [
      { instead: ({ method, body }) => (method === 'POST' ? { status: 201, body: { ...body, id: 'u9' } } : null) },
    ],
    works: async (running) => expect(await codeOf(create(running))).toBe('silent-failure'),
  },
  'an attribute is emptied by an empty text': {
    row: 29,
    switches: { clear: 'empty-text' },
    server: [refuse((request) => operationsOf(request).some(({ op }) => op === 'remove'))],
    works: empties,
  },
  'an attribute is emptied by null': {
    row: 29,
    switches: { clear: 'null' },
    server: [refuse((request) => operationsOf(request).some(({ op, value }) => op === 'remove' || value === ''))],
    works: empties,
  },
  'an attribute is never emptied, and nobody tries': {
    row: 29,
    switches: { clear: 'unsupported' },
    server: [],
    works: async (running) => {
      const id = await create(running, { title: 'Dr' });
      const emptied = running.target.accounts.change(id, { title: null }, { title: 'Dr' }, reading);
      expect(await codeOf(emptied)).toBe('value-refused');
    },
  },
  'versions are shown, and a change that names one is refused': {
    row: 30,
    switches: { ifMatch: false, update: 'read-and-put' },
    server: [
      refuse(({ headers }) => headers['if-match'] !== undefined),
      refuse(patches),
      { after: (reply, { method }) => (method === 'GET' ? { ...reply, headers: { etag: 'W/"1"' } } : reply) },
    ],
    works: empties,
  },
  'a header is asked for': {
    row: 30,
    switches: { headers: { 'X-Api-Version': '7' } },
    server: [refuse(({ headers }) => headers['x-api-version'] !== '7', 403)],
    works: async (running) => void (await create(running)),
  },
  ...Object.fromEntries(
    (
      [
        ['transient', 'unavailable'],
        ['throttled', 'throttled'],
        ['conflict', 'conflict'],
        ['auth', 'auth'],
        ['gone', 'gone'],
        ['licence', 'payment-required'],
      ] as const
    ).map(([means, code]): [string, Deviation] => [
      `a refusal has words of its own that mean ${means}`,
      {
        row: 31,
        switches: { errors: [{ status: 400, contains: 'E-17', means }] },
        server: [
          { instead: ({ method }) => (method === 'POST' ? { status: 400, body: { detail: 'e-17: not now' } } : null) },
        ],
        works: async (running) => expect(await codeOf(create(running))).toBe(code),
      },
    ]),
  ),
  'a refusal has words of its own that mean validation': {
    row: 31,
    switches: { errors: [{ status: null, contains: 'E-18', means: 'validation' }] },
    server: [{ instead: ({ method }) => (method === 'POST' ? { status: 500, body: { detail: 'E-18' } } : null) }],
    works: async (running) => expect(await codeOf(create(running))).toBe('validation'),
  },
};
