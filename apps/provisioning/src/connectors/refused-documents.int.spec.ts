import { connector } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

const constant = (target: string): object => ({ target, type: 'constant', value: 'x' });
const direct = (source: string): object => ({ target: 'title', type: 'direct', source });

/** One service for all: a document that is refused changes nothing. */
describe('a connector document', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
  });
  afterAll(() => wiki.stop());

  it.each([
    ['an unknown field', { colour: 'red' }, '/colour'],
    ['a mode nobody serves', { protocol: 'ldap' }, '/protocol'],
    ['a part of a field that is out of range', { quarantine: { percent: 101 } }, '/quarantine/percent'],
    ['a window without an end', { reconcile: { every: 'P1D' }, window: { from: '22:00' } }, '/window/until'],
    [
      'a window that opens never',
      { reconcile: { every: 'P1D' }, window: { from: '22:00', until: '22:00' } },
      '/window/until',
    ],
    [
      'an unknown time zone',
      { reconcile: { every: 'P1D' }, window: { from: '22:00', until: '05:00', timeZone: 'Moon/Sea' } },
      '/window/timeZone',
    ],
    ['a window that holds nothing', { window: { from: '22:00', until: '05:00' } }, '/window'],
    ['readings at no distance', { reconcile: { every: 'PT0S' } }, '/reconcile/every'],
    ['readings once a fortnight, in words', { reconcile: { every: 'fortnightly' } }, '/reconcile/every'],
    ['an address of the inner network', { baseUrl: 'http://10.0.0.1/scim' }, '/baseUrl'],
    ['the metadata address', { baseUrl: 'http://169.254.169.254/' }, '/baseUrl'],
    [
      'a token endpoint in the inner network',
      { auth: { type: 'oauth2-client-credentials', tokenUrl: 'http://10.0.0.1/t', clientId: 'a', clientSecret: 'b' } },
      '/auth/tokenUrl',
    ],
    ['a secret of the hub itself', { auth: { type: 'bearer', token: 'env:HUB_MASTER_KEY' } }, '/auth/token'],
    [
      'a process’s own environment as a file',
      { auth: { type: 'bearer', token: 'file:/proc/self/environ' } },
      '/auth/token',
    ],
    [
      'the variable of another connector',
      { auth: { type: 'bearer', token: 'env:CONNECTOR_CHAT__TOKEN' } },
      '/auth/token',
    ],
    ['a file of the machine', { auth: { type: 'bearer', token: 'file:/etc/hostname' } }, '/auth/token'],
    ['a user name of two lines', { auth: { type: 'basic', username: 'a\nb', password: 'c' } }, '/auth/username'],
    ['a base address with a query', { baseUrl: 'https://wiki.example/scim?tenant=1' }, '/baseUrl'],
    [
      'a token endpoint with credentials',
      {
        auth: {
          type: 'oauth2-client-credentials',
          tokenUrl: 'https://a:b@c.example/',
          clientId: 'a',
          clientSecret: 'b',
        },
      },
      '/auth/tokenUrl',
    ],
    ['a header that is none', { auth: { type: 'api-key', header: 'X Key', key: 'k' } }, '/auth/header'],
    ['a header of the connection', { auth: { type: 'api-key', header: 'Host', key: 'k' } }, '/auth/header'],
    ['a secret of two lines', { auth: { type: 'bearer', token: 'a\nb' } }, '/auth/token'],
    ['what the hub itself says', { mapping: [constant('externalId')] }, '/mapping/0/target'],
    ['a target mapped twice', { mapping: [constant('title'), constant('Title')] }, '/mapping/1/target'],
    ['a whole beside its default part', { mapping: [constant('name')] }, '/mapping/0/target'],
    ['an unknown source', { mapping: [direct('departement')] }, '/mapping/0/source'],
    ['a constant with a source', { mapping: [{ ...constant('title'), source: 'email' }] }, '/mapping/0/source'],
    ['no entry at all', { mapping: [null] }, '/mapping/0'],
    [
      'a target nobody can write',
      { mapping: [{ target: '__proto__.x', type: 'constant', value: 1 }] },
      '/mapping/0/target',
    ],
  ])('refuses %s by name', async (_, overrides, pointer) => {
    const { status, body } = await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, overrides));
    expect([status, body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([400, [pointer]]);
  });

  it('refuses a client certificate and a key that are none, each by name', async () => {
    const auth = { type: 'mtls', cert: 'text', key: 'text' };
    const { status, body } = await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { auth }));
    const pointers = body.errors.map((error: { pointer: string }) => error.pointer);
    expect([status, pointers]).toEqual([400, ['/auth/cert', '/auth/key']]);
  });

  it('that was refused is not there', async () => {
    expect((await wiki.call('GET', '/connectors/wiki')).status).toBe(404);
  });
});
