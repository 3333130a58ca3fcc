import { BillingApi } from '../../../../../test/targets/billing-api.js';
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
    ['an expression that does not parse', { path: '/users/{{Join(}}' }, 'at 9'],
    ['an expression that is not closed', { path: '/users/{{[account.id]' }, 'write }} after it'],
  ])('refuses %s in a path', (_, changed, detail) => {
    expect(inRole('grant', changed)).toEqual([
      { pointer: '/rest/roles/grant/path', detail: expect.stringContaining(detail) as string },
    ]);
  });

  it.each([
    ['a reference', { token: 'env:CONNECTOR_BILLING__TOKEN' }, '/rest/roles/grant/body/token'],
    ['a file', { a: [{ b: 'x file:/etc/passwd' }] }, '/rest/roles/grant/body/a/0/b'],
    ['a source', { token: '{{[auth.token]}}' }, '/rest/roles/grant/body/token'],
  ])('never sends a secret in a body: %s', (_, body, pointer) => {
    expect(inRole('grant', { body })).toEqual([
      { pointer, detail: expect.stringContaining('secrets stand in auth alone') as string },
    ]);
  });

  it('names paging, even where there is none', () => {
    const { page: _, ...list } = roles['list'] ?? {};
    expect(problemsOf({ roles: { ...roles, list } })).toMatchObject([{ pointer: '/rest/roles/list/page' }]);
  });
});
