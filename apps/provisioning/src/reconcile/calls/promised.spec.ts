import { CallFailure } from '#libs/outgoing/failure.js';
import { restSubject, type Running, token, usual } from '../../../../../test/targets/contract/subjects.js';
import { InvoicingApi } from '../../../../../test/targets/rest/invoicing-api.js';
import { open } from '../../accounts/account.fixtures.js';
import type { OpenOperation } from '../../accounts/accounts.exports.js';
import { reading } from '../../targets/targets.exports.js';
import { promisedResult } from './promised.process.js';

describe('a change that the application accepted and makes later', () => {
  let invoicing: InvoicingApi;
  let running: Running;
  let account: string;
  beforeEach(async () => {
    invoicing = new InvoicingApi();
    const terms = { ...usual, application: invoicing, granted: [], perPage: 4 };
    running = await restSubject(await invoicing.serve(token), { file: 'invoicing', base: '/api' }, terms);
    account = await invoicing.addAccount({ userName: 'ada@corp.example' });
    invoicing.asksPeople = true;
  });
  afterEach(() => running.stop());

  const accepted = async (call: Promise<unknown>): Promise<CallFailure['terms']> =>
    await call.then(
      () => {
        throw new Error('it was done at once');
      },
      (error: unknown) => {
        if (error instanceof CallFailure) return error.terms;
        throw error;
      },
    );
  const result = (kind: OpenOperation['kind'], ticket: string, more: Partial<OpenOperation> = {}) => {
    const roles = running.subject.target.entitlements('role');
    const holders = async (id: string) => ({
      id: 'approver',
      shown: (await roles?.holders('approver', [id], reading)) ?? null,
    });
    const operation = { ...open(kind, { accountId: account, ...more }), startedAt: new Date(0).toISOString() };
    const options = { lookUps: { holders }, nowMs: () => Date.now(), mayCall: () => true };
    return promisedResult(running.subject.target, { open: operation, ticket }, options);
  };

  it('has a ticket, is asked for, and is read when it was done', async () => {
    const { accounts } = running.subject.target;
    const { code, effectUnknown, ticket = '', pastInMs } = await accepted(accounts.setActive(account, false, reading));
    expect([code, effectUnknown, pastInMs]).toEqual(['accepted', true, 30_000]);
    await expect(result('disable-account', ticket)).rejects.toMatchObject({ terms: { code: 'accepted', ticket } });
    invoicing.work(ticket);
    expect(await result('disable-account', ticket)).toMatchObject({ is: 'done', verified: true });
    expect(running.subject.between.writes).toHaveLength(1);
  });

  it('that somebody refuses ends with their words', async () => {
    const { accounts } = running.subject.target;
    const { ticket = '' } = await accepted(accounts.remove(account, reading));
    invoicing.work(ticket, 'the books are not closed');
    await expect(result('delete-account', ticket)).rejects.toMatchObject({
      terms: { class: 'validation', code: 'refused-later', detail: 'the books are not closed', effectUnknown: false },
    });
  });

  it('is not believed where a reading shows otherwise', async () => {
    const { accounts } = running.subject.target;
    const { ticket = '' } = await accepted(accounts.setActive(account, false, reading));
    invoicing.work(ticket);
    invoicing.asksPeople = false;
    await accounts.setActive(account, true, reading);
    await expect(result('disable-account', ticket)).rejects.toMatchObject({ terms: { code: 'silent-failure' } });
    expect(await result('enable-account', ticket)).toMatchObject({ is: 'done', seen: 'yes' });
  });

  it('leaves a creation and a grant to a search, and reads what was taken away', async () => {
    const roles = running.subject.target.entitlements('role');
    const entitlement = { role: 'Approver' };
    const { ticket = '' } = await accepted(roles?.grant('approver', [account], reading) ?? Promise.resolve());
    invoicing.work(ticket);
    expect(await result('grant-role', ticket, { entitlement })).toBeNull();
    expect(await result('create-account', ticket, { accountId: null })).toBeNull();
    await expect(result('revoke-role', ticket, { entitlement })).rejects.toMatchObject({
      terms: { code: 'silent-failure' },
    });
  });

  it('keeps its ticket while nobody answers', async () => {
    await running.subject.between.stop();
    await expect(result('disable-account', 'task1')).rejects.toMatchObject({
      terms: { ticket: 'task1', effectUnknown: true },
    });
  });
});
