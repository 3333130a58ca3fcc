import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, resultMessage, type RunningGovernance } from '../governance.fixtures.js';
import { approver, asked, engineer, team, wikiCompany } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
});
afterAll(() => hub.stop());

const explained = async (employeeId: string, at?: string) => {
  const query = at === undefined ? '' : `?at=${encodeURIComponent(at)}`;
  return await hub.call('GET', `/identities/${identityOf(employeeId)}/access/wiki/explanation${query}`);
};
/** A minute later; the instant before it. */
function aMinutePasses(): string {
  const before = hub.clock.now();
  hub.clock.set(new Date(Date.parse(before) + 60_000).toISOString());
  return before;
}
const groups = (body: { entitlements: { group?: string; account?: true }[] }) =>
  body.entitlements.map(({ group, account }) => (account === true ? 'account' : group));

describe('an explanation of the past', () => {
  it('says at each instant what was so then, back to HR, rule, request and decision and on to delivery', async () => {
    const unknown = aMinutePasses();
    await team(hub, '8100', '8101');
    const hired = aMinutePasses();
    const request = await asked(hub, '8101');
    const mine = await hub.call('GET', '/me/access', undefined, { as: '8101', roles: ['requester'] });
    const waiting = { requestId: request, state: 'waiting-for-approval', people: [{ employeeId: '8100' }] };
    expect(mine.body.items).toMatchObject([waiting, { packageId: 'wiki-user', state: 'being-delivered' }]);
    await hub.call('POST', `/requests/${request}/decisions`, { decision: 'approve' }, { as: '8100', ...approver });
    const approved = aMinutePasses();
    await hub.publish(
      resultMessage(
        'hub.provisioning.account.in-sync.v1',
        { identity: identityOf('8101'), application: 'wiki', desiredSequence: 2 },
        1,
      ),
    );
    await eventually(async () => {
      const { body } = await explained('8101');
      return body.entitlements[1]?.because[0]?.deliveries.at(-1)?.delivery === 'delivered';
    });
    const delivered = aMinutePasses();
    await hub.stated(hrMessage('terminated', engineer('8101', { managerId: '8100' }), 2));
    const left = aMinutePasses();

    const before = (await explained('8101', unknown)).body;
    expect(before).toMatchObject({ status: 'absent', sequence: 0, entitlements: [], chain: [] });
    expect(before.noAccess).toMatchObject({ condition: 'the person is known', saw: null });

    const joined = (await explained('8101', hired)).body;
    expect([joined.status, groups(joined)]).toEqual(['active', ['account']]);
    const [birthright] = joined.entitlements[0].because;
    expect(birthright.rule).toMatchObject({ id: 'everybody', version: 1, event: expect.any(String) });
    expect(birthright.chain.at(-1).type).toBe('hub.hr.worker.hired.v1');

    const editor = (await explained('8101', approved)).body.entitlements[1].because[0];
    expect(editor).toMatchObject({ rule: null, justification: 'I write', deliveries: [{ delivery: 'pending' }] });
    expect(editor.approvals).toMatchObject([{ approver: identityOf('8100'), decision: 'approve' }]);
    const types = editor.chain.map(({ type }: { type: string }) => type);
    expect(types).toContain('hub.governance.request.submitted.v1');

    const last = (await explained('8101', delivered)).body.entitlements[1].because[0].deliveries;
    expect(last.map(({ delivery }: { delivery: string }) => delivery)).toEqual(['pending', 'delivered']);

    const gone = (await explained('8101', left)).body;
    expect([gone.status, groups(gone), gone.noAccess.saw]).toEqual(['leaver', [], 'inactive']);
  });

  it('judges by the rules of then, not of today', async () => {
    await hub.stated(hrMessage('hired', engineer('8200', { department: 'Sales', employmentType: 'guest' })));
    const then = aMinutePasses();
    const rule = { displayName: 'Everybody', filter: 'familyName pr', packages: ['wiki-user'] };
    await hub.call('PUT', '/birthright-rules/everybody', rule);
    await hub.quiet();
    expect((await explained('8200')).body.entitlements[0].because[0].rule).toMatchObject({ version: 2 });
    expect((await explained('8200', then)).body.noAccess).toMatchObject({
      condition: 'employmentType ne "guest"',
      saw: 'guest',
    });
  });

  it('is refused for an instant to come, and for none', async () => {
    for (const at of ['2099-01-01T00:00:00Z', 'yesterday']) {
      const { status, body } = await explained('8200', at);
      expect([status, body.errors[0].pointer]).toEqual([400, '/at']);
    }
  });
});
