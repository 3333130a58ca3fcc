import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { AssignmentMessage } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from '../governance.fixtures.js';
import { known } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
const people = ['1001', '1002', '1003'];
beforeAll(async () => {
  hub = await runningGovernance();
  await hub.call('PUT', '/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
  await hub.stated(...people.map((id) => hrMessage('hired', worker(id, { department: 'Here' }))));
});
afterAll(() => hub.stop());

const group = (name: string) => ({ application: 'wiki', group: name });
/** The id of the change's fact, which its job has, too. */
const changeOf = async (answer: Promise<{ body: { job: { id: string } } }>): Promise<string> =>
  (await answer).body.job.id;
const packageOf = (id: string, grants: object[] = [{ application: 'wiki', account: true }, group(id)], more = {}) =>
  changeOf(hub.call('PUT', `/access-packages/${id}`, { displayName: id, grants, ...more }));
const ruleOf = (id: string, filter = 'department eq "Here"', packages = [id], more = {}) =>
  changeOf(hub.call('PUT', `/birthright-rules/${id}`, { displayName: id, filter, packages, ...more }));
const jobOf = (id: string) =>
  eventually(async () => {
    const { body } = await hub.call('GET', `/jobs/${id}`);
    return body.status === 'completed' ? body : undefined;
  });
/** What was said last of what somebody holds of a package. */
const said = async (packageId: string, employeeId = '1001'): Promise<PublicMessage<AssignmentMessage>> => {
  const all = (await hub.published(topics.decisions)) as PublicMessage<AssignmentMessage>[];
  const found = all.findLast(({ body }) => body.package === packageId && body.identity === identityOf(employeeId));
  if (found === undefined) throw new Error(`nothing was said of ${packageId}`);
  return found;
};
const desired = async (employeeId = '1001'): Promise<PublicMessage<DesiredAccessMessage>> => {
  const all = (await hub.published(topics.desiredAccess)) as PublicMessage<DesiredAccessMessage>[];
  const found = all.findLast(({ body }) => body.identity === identityOf(employeeId));
  if (found === undefined) throw new Error(`nothing is desired for ${employeeId}`);
  return found;
};
/** Begins a change of a rule, and holds its only page before the database has it. */
async function held(change: () => Promise<string>) {
  const page = hub.hold(/insert into access \(/);
  const id = await change();
  await page.arrived;
  return { id, release: page.release };
}

describe('an assignment is caused by the last fact of the rule or package that gives or takes it', () => {
  it('when two rules cross, each by its own; and each job counts its own people', async () => {
    await packageOf('one');
    await packageOf('two');
    const one = await held(() => ruleOf('one'));
    const two = await ruleOf('two');
    one.release();
    expect(await jobOf(one.id)).toMatchObject({ touched: 3, gained: 3, lost: 0 });
    expect(await jobOf(two)).toMatchObject({ touched: 3, gained: 3, lost: 0 });
    expect(await said('one')).toMatchObject({ causationId: one.id });
    expect(await said('two')).toMatchObject({ causationId: two });
  });

  it('when HR says something while the rule is still applied, by the rule', async () => {
    await packageOf('slow');
    const rule = await held(() => ruleOf('slow'));
    await hub.stated(hrMessage('changed', worker('1001', { department: 'Here', jobTitle: 'Engineer' }), 2));
    const given = await said('slow');
    rule.release();
    await jobOf(rule.id);
    expect(given).toMatchObject({ type: 'hub.governance.assignment.created.v1', causationId: rule.id });
    expect((await desired()).causationId).toBe(given.id);
  });

  it('when HR says what the rule asks for, by HR', async () => {
    await packageOf('moved');
    await jobOf(await ruleOf('moved', 'department eq "There"'));
    const moved = hrMessage('moved', worker('1002', { department: 'There' }), 2);
    await hub.stated(moved);
    const [gained, lost] = [await said('moved', '1002'), await said('one', '1002')];
    for (const { correlationId } of [gained, lost]) expect(correlationId).toBe(moved.correlationId);
    const back = hrMessage('moved', worker('1002', { department: 'Here' }), 3);
    await hub.stated(back);
    expect(await said('moved', '1002')).toMatchObject({
      type: 'hub.governance.assignment.revoked.v1',
      correlationId: back.correlationId,
    });
  });

  it('when a rule takes it while a package is changed, by the rule', async () => {
    await packageOf('taken');
    await jobOf(await ruleOf('taken'));
    const narrower = await held(() => ruleOf('taken', 'department eq "Nowhere"'));
    const grants = await packageOf('taken', [{ application: 'wiki', account: true }, group('taken'), group('more')]);
    narrower.release();
    await Promise.all([jobOf(narrower.id), jobOf(grants)]);
    expect(await said('taken')).toMatchObject({
      type: 'hub.governance.assignment.revoked.v1',
      causationId: narrower.id,
    });
    expect(await jobOf(narrower.id)).toMatchObject({ touched: 3, lost: 3 });
    expect(await jobOf(grants)).toMatchObject({ touched: 0 });
  });

  it('and not by a later change that gives and takes nothing', async () => {
    await packageOf('renamed');
    const rule = await held(() => ruleOf('renamed'));
    const another = await ruleOf('renamed', undefined, undefined, { displayName: 'Another name' });
    const described = await packageOf('renamed', undefined, { description: 'Another description' });
    rule.release();
    await Promise.all([rule.id, another, described].map(jobOf));
    expect(await said('renamed')).toMatchObject({ causationId: rule.id });
  });

  it('when a draft is published, by its publication', async () => {
    await packageOf('draft', undefined, { status: 'draft' });
    await jobOf(await ruleOf('draft'));
    const published = await packageOf('draft');
    await jobOf(published);
    expect(await said('draft')).toMatchObject({ causationId: published });
  });

  it('when another rule takes it over, by that rule', async () => {
    await packageOf('shared');
    await jobOf(await ruleOf('shared-b', undefined, ['shared']));
    const takeover = await ruleOf('shared-a', undefined, ['shared']);
    await jobOf(takeover);
    expect(await said('shared')).toMatchObject({
      type: 'hub.governance.assignment.created.v1',
      causationId: takeover,
      body: { cause: { rule: 'shared-a' } },
    });
    const all = (await hub.published(topics.decisions)) as PublicMessage<AssignmentMessage>[];
    expect(
      all
        .filter(({ type, body }) => type === 'hub.governance.assignment.revoked.v1' && body.package === 'shared')
        .map(({ causationId }) => causationId),
    ).toEqual([takeover, takeover, takeover]);
  });
});

describe('a birthright that a rule of separation withheld', () => {
  const apart = (id: string, more: object = {}) =>
    changeOf(
      hub.call('PUT', `/separation-rules/${id}`, {
        displayName: id,
        left: [`${id}-had`],
        right: [`${id}-freed`],
        owners: [],
        ...more,
      }),
    );

  const isGivenBy = async (packageId: string, relaxed: { id: string; release: () => void }): Promise<void> => {
    await hub.stated(
      hrMessage('changed', worker('1001', { department: 'Here', jobTitle: packageId }), versionOf1001++),
    );
    relaxed.release();
    await jobOf(relaxed.id);
    const all = (await hub.published(topics.decisions)) as PublicMessage<AssignmentMessage>[];
    const created = all.filter(
      ({ type, body }) => type === 'hub.governance.assignment.created.v1' && body.package === packageId,
    );
    expect(created.map(({ causationId }) => causationId)).toContain(relaxed.id);
    expect(new Set(created.map(({ causationId }) => causationId)).size).toBe(1);
  };
  let versionOf1001 = 3;

  it('is given by the last change of that rule, although HR says something before it is applied', async () => {
    await packageOf('relaxed-had');
    await packageOf('relaxed-freed');
    await apart('relaxed');
    await jobOf(await ruleOf('relaxed-both', undefined, ['relaxed-had', 'relaxed-freed']));
    await isGivenBy('relaxed-freed', await held(() => apart('relaxed', { mode: 'detect' })));
  });

  it('is given by the last change of what a package is incompatible with, too', async () => {
    const exclusive = (incompatibleWith: string[]) => packageOf('exclusive', undefined, { incompatibleWith });
    await packageOf('excluded');
    await exclusive(['excluded']);
    await jobOf(await ruleOf('exclusive-both', undefined, ['exclusive', 'excluded']));
    await isGivenBy('excluded', await held(() => exclusive([])));
  });
});

describe('desired access', () => {
  it('that changes with the grants of a package follows from the last change of these grants', async () => {
    await packageOf('granting');
    await jobOf(await ruleOf('granting'));
    const first = await held(() => packageOf('granting', [group('granting'), group('First')]));
    const second = await packageOf('granting', [group('granting'), group('First'), group('Second')]);
    first.release();
    await Promise.all([jobOf(first.id), jobOf(second)]);
    const changed = await said('granting');
    expect(changed).toMatchObject({ type: 'hub.governance.assignment.delivery-changed.v1', causationId: second });
    const all = await hub.published(topics.decisions);
    const reached = all.findLast(({ type }) => type === 'hub.governance.assignment.version-reached.v1');
    expect(reached?.causationId).toBe(second);
    expect((await desired()).causationId).toBe(reached?.id);
  });

  it('follows from what began there, not from what began elsewhere', async () => {
    await hub.call('PUT', '/applications/crm', { displayName: 'CRM', connectorId: 'crm' });
    await packageOf('crm', [{ application: 'crm', account: true }]);
    await packageOf('wiki-too', [group('wiki-too')]);
    const both = await ruleOf('both', undefined, ['crm', 'wiki-too']);
    await jobOf(both);
    const all = (await hub.published(topics.desiredAccess)) as PublicMessage<DesiredAccessMessage>[];
    for (const [application, packageId] of [
      ['crm', 'crm'],
      ['wiki', 'wiki-too'],
    ] as const) {
      const mine = all.findLast(({ body }) => body.identity === identityOf('1001') && body.application === application);
      expect(mine?.causationId).toBe((await said(packageId)).id);
    }
  });
});

describe('an approval while a rule is still applied', () => {
  it('gives what was asked for, and the rule what it gives, each with its own cause', async () => {
    await packageOf('asked', undefined, { requestFor: 'anyone', approval: 'none', requireJustification: false });
    await packageOf('ruled');
    await known(hub, '1003');
    const rule = await held(() => ruleOf('ruled'));
    const { body } = await hub.call('POST', '/requests', { packageId: 'asked' }, { as: '1003', roles: ['requester'] });
    rule.release();
    await jobOf(rule.id);
    expect(await said('ruled', '1003')).toMatchObject({ causationId: rule.id });
    expect(await said('asked', '1003')).toMatchObject({ correlationId: body.id });
  });
});
