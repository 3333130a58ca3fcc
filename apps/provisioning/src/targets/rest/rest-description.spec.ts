import { BillingApi } from '../../../../../test/targets/billing-api.js';
import { described } from '../../../../../test/targets/contract/subjects.js';
import { compileRest } from './rest-description.js';

const billing = BillingApi.description('https://billing.example');
const roles = billing['roles'] as Record<string, Record<string, unknown>>;
const problemsOf = (changed: object): unknown => compileRest({ ...billing, ...changed }).problems;
const inRole = (part: string, changed: object): unknown =>
  problemsOf({ roles: { ...roles, [part]: { ...roles[part], ...changed } } });

describe('a description of an application’s own API', () => {
  it('is taken where it is complete', () => {
    expect(compileRest(billing)).toMatchObject({ problems: [], description: { words: '/error/message' } });
  });

  it('says how the API answers for what is not there', () => {
    const { notFound: _, ...without } = billing;
    expect(compileRest(without).problems).toMatchObject([
      { pointer: '/rest/notFound', detail: expect.stringContaining('say how the API answers') as string },
    ]);
  });

  it.each([
    ['another field', { retries: 3 }, '/rest/retries', 'is not a field here'],
    ['a test without statuses', { notFound: {} }, '/rest/notFound/status', 'is missing'],
    ['a status that is none', { notFound: { status: [700] } }, '/rest/notFound/status', 'from 200 to 599'],
    ['a class that is none', { errors: [{ status: [409], class: 'odd' }] }, '/rest/errors/0/class', 'must be one of'],
    ['a header of the hub', { keyHeader: 'Authorization' }, '/rest/keyHeader', 'the hub sets itself'],
    [
      'an address with a secret',
      { baseUrl: 'https://me:secret@billing.example' },
      '/rest/baseUrl',
      'without credentials',
    ],
    ['words that are nowhere', { words: 'error' }, '/rest/words', 'JSON Pointer'],
  ])('refuses %s', (_, changed, pointer, detail) => {
    expect(problemsOf(changed)).toEqual([{ pointer, detail: expect.stringContaining(detail) as string }]);
  });

  it.each([
    ['another host', { path: 'https://evil.example/{{[account.id]}}' }, 'must be a path below baseUrl'],
    ['another host without a scheme', { path: '//evil.example/roles' }, 'must be a path below baseUrl'],
    ['a way out of the path', { path: '/users/../admin' }, 'must be a path below baseUrl'],
    ['an unknown source', { path: '/users/{{[account.shoe]}}' }, 'give one of [account.id]'],
    ['an expression that does not parse', { path: '/users/{{Join(}}' }, 'at 14'],
    ['a source in an expression', { path: '/users/{{ToUpper([account.shoe])}}' }, 'at 17: reads [account.shoe]'],
    ['an expression that is not closed', { path: '/users/{{[account.id]' }, 'write }} after it'],
  ])('refuses %s in a path', (_, changed, detail) => {
    expect(inRole('grant', changed)).toEqual([
      { pointer: '/rest/roles/grant/path', detail: expect.stringContaining(detail) as string },
    ]);
  });

  it.each([
    ['a reference', { token: 'env:CONNECTOR_BILLING__TOKEN' }, '/rest/roles/grant/body/token'],
    ['a reference in any field', { a: [{ b: 'x env:CONNECTOR_A__B' }] }, '/rest/roles/grant/body/a/0/b'],
    ['a file', { apiKey: 'file:key' }, '/rest/roles/grant/body/apiKey'],
    ['a source', { token: '{{[auth.token]}}' }, '/rest/roles/grant/body/token'],
  ])('never sends a secret in a body: %s', (_, body, pointer) => {
    expect(inRole('grant', { body })).toEqual([
      { pointer, detail: expect.stringContaining('secrets stand in auth alone') as string },
    ]);
  });

  it('sends a text that looks like a reference as it is, where the field is none of credentials', () => {
    expect(inRole('grant', { body: { stage: 'env:PROD', link: 'file:readme' } })).toEqual([]);
  });

  it('names paging, even where there is none', () => {
    const { page: _, ...list } = roles['list'] ?? {};
    expect(problemsOf({ roles: { ...roles, list } })).toMatchObject([{ pointer: '/rest/roles/list/page' }]);
  });
});

describe('a description of a whole application', () => {
  const invoicing = described('invoicing', 'https://invoicing.example/api');
  const accounts = invoicing['accounts'] as Readonly<Record<string, unknown>>;
  const problemsIn = (change: object, part = 'accounts'): unknown =>
    compileRest({ ...invoicing, [part]: { ...(invoicing[part] as object), ...change } }, 'everything').problems;

  it.each(['invoicing', 'google-directory', 'microsoft-graph', 'salesforce', 'servicenow'])('is taken: %s', (file) => {
    expect(compileRest(described(file, 'https://a.example'), 'everything').problems).toEqual([]);
  });

  it.each<[string, object, string, string]>([
    ['no search by user name', { find: [] }, '/rest/accounts/find', 'an account is looked for before one is created'],
    ['no state', { shown: { id: '/id', userName: '/login' } }, '/rest/accounts/shown/active', 'by which value'],
    ['no reading', { read: null }, '/rest/accounts/read', 'a change is verified by it'],
    ['no way to disable', { disable: null }, '/rest/accounts/disable', 'a person who leaves'],
    [
      'a password that everybody reads',
      { create: { method: 'POST', path: '/users', body: { login: '{{[userName]}}', password: 'Start123' } } },
      '/rest/accounts/create/body/password',
      'would send a secret',
    ],
    [
      'a source of secrets',
      { create: { method: 'POST', path: '/users', body: { key: '{{[auth.token]}}' } } },
      '/rest/accounts/create/body/key',
      'secrets stand in auth alone',
    ],
    ['chance in a path', { read: { path: '/users/{{Guid()}}' } }, '/rest/accounts/read/path', 'uses Guid'],
    [
      'pages without a size',
      { list: { ...(accounts['list'] as object), page: { offset: 'o', limit: 'l' } } },
      '/rest/accounts/list/page/size',
      'whole number',
    ],
  ])('is refused with position and mend: %s', (_, change, pointer, detail) => {
    expect(problemsIn(change)).toEqual([{ pointer, detail: expect.stringContaining(detail) as string }]);
  });

  it('needs a reading of who holds a role, and of the grant that a removal names', () => {
    expect(problemsIn({ held: null }, 'roles')).toEqual([
      expect.objectContaining({ pointer: '/rest/roles/held' }),
      expect.objectContaining({ pointer: '/rest/roles/revoke' }),
    ]);
  });

  it('says how to ask what became of an accepted change', () => {
    expect(problemsIn({ ask: null, done: null }, 'accepted')).toEqual([
      expect.objectContaining({ pointer: '/rest/accepted/ask' }),
      expect.objectContaining({ pointer: '/rest/accepted/done' }),
    ]);
  });
});
