import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { mailbox, type Mailbox } from '../../../../test/support/mailbox.js';
import { hrMessage, identityOf, resultMessage, type RunningGovernance } from '../governance.fixtures.js';
import {
  accessOf,
  desiredSequenceOf,
  engineer,
  expectContractsKept,
  known,
  wikiCompany,
} from '../wiki-company.fixtures.js';

interface Step {
  readonly id: string;
  readonly workflowId: string;
  readonly action: string;
  readonly offsetDays: number;
  readonly status: string;
  readonly code: string | null;
  readonly dueAt: string;
  readonly package: { readonly id: string } | null;
  readonly answers: readonly { readonly about: string; readonly word: string }[];
}

let hub: RunningGovernance;
let box: Mailbox;
beforeAll(async () => {
  box = await mailbox();
  hub = await wikiCompany({ SMTP_URL: box.url, MAIL_FROM: 'Identity hub <hub@example.org>' });
  for (const id of ['tools', 'training', 'vault'])
    await hub.call('PUT', `/access-packages/${id}`, { displayName: id, grants: [{ application: 'wiki', group: id }] });
  await hub.stated(hrMessage('hired', engineer('8000')));
  await known(hub, '8000');
});
afterAll(async () => {
  await hub.stop();
  await box.close();
});

const define = (id: string, body: object, query = '') => hub.call('PUT', `/workflows/${id}${query}`, body);
const stepsOf = async (who: string, more = ''): Promise<readonly Step[]> => {
  const filter = encodeURIComponent(`identityId eq "${identityOf(who)}"${more}`);
  return (await hub.call('GET', `/workflow-steps?filter=${filter}`)).body.items as Step[];
};
const told = async (who: string) =>
  (await stepsOf(who)).map(({ action, offsetDays, status, code }) => [action, offsetDays, status, code]);
const scheduled = async (who: string) =>
  (
    (await hub.call('GET', `/identities/${identityOf(who)}/schedule`)).body.items as {
      at: string;
      event: string;
      workflowId: string | null;
    }[]
  ).filter(({ event }) => event === 'workflow-step');
const groupsOf = async (who: string): Promise<readonly string[]> =>
  (await accessOf(hub, who))?.accounts[0]?.groups ?? [];
const daysLater = (days: number): void =>
  hub.clock.set(new Date(Date.parse(hub.clock.now()) + days * 86_400_000).toISOString());
const day = (days: number): string =>
  new Date(Date.parse(hub.clock.now()) + days * 86_400_000).toISOString().slice(0, 10);
const hire = (who: string, more: object = {}) =>
  hub.stated({
    ...hrMessage('hired', engineer(who, { managerId: '8000', hireDate: day(0), ...more })),
    time: hub.clock.now(),
  });

describe('a workflow', () => {
  const steps = [
    { offsetDays: 0, action: 'grant', package: 'tools' },
    { offsetDays: 0, action: 'grant', package: 'training' },
    { offsetDays: 5, action: 'notify', to: 'manager', message: 'Has everything arrived?' },
    { offsetDays: 10, action: 'revoke', package: 'training' },
  ];
  const begin = { displayName: 'Begin', trigger: 'joiner', filter: 'department eq "Engineering"', steps };

  it('is refused with the field and the mend', async () => {
    const wrong = await define('begin', {
      ...begin,
      steps: [
        { offsetDays: -3, action: 'grant', package: 'nothing' },
        { offsetDays: 0, action: 'grant', package: 'tools' },
      ],
    });
    expect([wrong.status, wrong.body.errors]).toMatchObject([
      400,
      [{ pointer: '/steps/0/offsetDays' }, { pointer: '/steps/0/package' }],
    ]);
    expect((await define('begin', { ...begin, filter: 'department eq' })).body.errors).toMatchObject([
      { pointer: '/filter' },
    ]);
    expect((await define('begin', { ...begin, steps: [] })).status).toBe(400);
    expect((await hub.call('PUT', '/workflows/begin', begin, { roles: ['auditor'] })).status).toBe(403);
  });

  it('says by a dry run whom it would touch and what each step would do, and changes nothing', async () => {
    const { status, body } = await define('begin', begin, '?dryRun=true');
    expect([status, body]).toMatchObject([200, { dryRun: true, version: 0, matching: 1, plannedNow: 0, more: 0 }]);
    expect(body.people).toMatchObject([
      { employeeId: '8000', steps: [{ code: null }, { code: null }, { code: 'no_manager' }, { code: null }] },
    ]);
    expect((await hub.call('GET', '/workflows/begin')).status).toBe(404);
  });

  it('gives a joiner what it says, day by day, and shows each step done when the application has confirmed it', async () => {
    const made = await define('begin', begin);
    expect([made.status, made.body]).toMatchObject([201, { version: 1, enabled: true, job: null }]);
    expect((await define('begin', begin)).body.version).toBe(1);
    await hire('8001');
    expect(await groupsOf('8001')).toEqual(['tools', 'training']);
    expect(await told('8001')).toEqual([
      ['revoke', 10, 'planned', null],
      ['notify', 5, 'planned', null],
      ['grant', 0, 'in-progress', null],
      ['grant', 0, 'in-progress', null],
    ]);
    expect(await scheduled('8001')).toMatchObject([
      {
        workflowId: 'begin',
        at: `${day(5)}T00:00:00.000Z`,
        why: expect.stringContaining('5 days after the first day'),
      },
      { workflowId: 'begin', at: `${day(10)}T00:00:00.000Z` },
    ]);
    await answered('8001', 'account.in-sync');
    await eventually(async () => (await stepsOf('8001', ' and status eq "done"')).length === 2);
  });

  it('tells the manager on its day, and takes its other steps after a restart, too', async () => {
    daysLater(6);
    const mail = await eventually(() => box.mails.find(({ text }) => text.includes('Has everything arrived?')));
    expect(mail.to).toContain('e8000@example.org');
    await eventually(async () => (await stepsOf('8001', ' and action eq "notify" and status eq "done"')).length === 1);
    await hub.restart();
    daysLater(5);
    await eventually(async () => !(await groupsOf('8001')).includes('training'));
    expect((await stepsOf('8001'))[0]).toMatchObject({ action: 'revoke', status: 'in-progress' });
    await answered('8001', 'membership.removed', {
      kind: 'remove-member',
      group: 'training',
      verified: true,
      inSync: true,
    });
    await eventually(async () => (await stepsOf('8001'))[0]?.status === 'done');
  });

  it('is named by the explanation, in a chain back to the HR record', async () => {
    const { body } = await hub.call('GET', `/identities/${identityOf('8001')}/access/wiki/explanation`);
    const tools = body.entitlements.find(({ group }: { group?: string }) => group === 'tools');
    expect(tools.because).toMatchObject([{ cause: { type: 'workflow', workflow: 'begin', version: 1 } }]);
    const types = tools.because[0].chain.map(({ type }: { type: string }) => type);
    expect([types[0], types.at(-1)]).toEqual(['hub.governance.assignment.created.v1', 'hub.hr.worker.hired.v1']);
  });

  it('lists for the administrator what could not be done, with the reason', async () => {
    await hub.call('PUT', '/access-packages/training', {
      displayName: 'training',
      status: 'retired',
      grants: [{ application: 'wiki', group: 'training' }],
    });
    await hire('8002');
    const failed = await hub.call('GET', `/workflow-steps?filter=${encodeURIComponent('status eq "failed"')}`);
    expect(failed.body.items).toMatchObject([
      { identity: { employeeId: '8002' }, package: { id: 'training' }, code: 'not_published' },
    ]);
    expect(await groupsOf('8002')).toEqual(['tools']);
  });
});

describe('a workflow of leavers', () => {
  const steps = [
    { offsetDays: -14, action: 'notify', to: 'manager', message: 'Please plan the handover' },
    { offsetDays: -2, action: 'revoke', package: 'vault' },
    { offsetDays: 7, action: 'notify', to: 'manager', message: 'Please collect the laptop' },
  ];
  const leave = { displayName: 'Leave', trigger: 'leaver', filter: 'jobTitle eq "Keeper"', steps };
  const keeper = (more: object = {}) => engineer('8010', { jobTitle: 'Keeper', managerId: '8000', ...more });

  it('is planned for those whose end is known, moves with the end, and is cancelled with it', async () => {
    await hub.stated({ ...hrMessage('hired', keeper({ terminationDate: day(40) })), time: hub.clock.now() });
    const dry = await define('leave', leave, '?dryRun=true');
    expect(dry.body).toMatchObject({
      matching: 1,
      plannedNow: 1,
      people: [{ steps: [{ dueAt: expect.any(String) }, {}, {}] }],
    });
    const { body } = await define('leave', leave);
    await eventually(async () => (await hub.call('GET', `/jobs/${body.job.id}`)).body.status === 'completed');
    expect((await scheduled('8010')).map(({ at }) => at.slice(0, 10))).toContain(day(27));
    await hub.stated(hrMessage('changed', keeper({ terminationDate: day(50) }), 2));
    expect((await scheduled('8010')).map(({ at }) => at.slice(0, 10))).toContain(day(37));
    await hub.stated(hrMessage('changed', keeper(), 3));
    expect((await stepsOf('8010', ' and workflowId eq "leave"')).map(({ status, code }) => [status, code])).toEqual([
      ['cancelled', 'end_withdrawn'],
      ['cancelled', 'end_withdrawn'],
      ['cancelled', 'end_withdrawn'],
    ]);
  });

  it('acts after the leaving, too, when somebody leaves without notice', async () => {
    await hub.stated(hrMessage('terminated', keeper({ terminationDate: day(-1) }), 4));
    await eventually(() => box.mails.find(({ text }) => text.includes('Please plan the handover')));
    daysLater(7);
    await eventually(() => box.mails.find(({ text }) => text.includes('Please collect the laptop')));
  });

  it('disables before the end, transfers what the person owns to the manager, and deletes some days after', async () => {
    const owner = (more: object = {}) => engineer('8020', { jobTitle: 'Owner', managerId: '8000', ...more });
    await define('owners', {
      displayName: 'Owners leave',
      trigger: 'leaver',
      filter: 'jobTitle eq "Owner"',
      steps: [
        { offsetDays: -3, action: 'disable' },
        { offsetDays: -3, action: 'transfer-ownership' },
        { offsetDays: 30, action: 'delete' },
      ],
    });
    const time = hub.clock.now();
    await hub.stated({ ...hrMessage('hired', owner()), time });
    const board = { displayName: 'Board', connectorId: 'board', owners: [identityOf('8020')] };
    expect((await hub.call('PUT', '/applications/board', board)).status).toBe(201);
    await hub.stated({ ...hrMessage('changed', owner({ terminationDate: day(1) }), 2), time });
    expect(await accessOf(hub, '8020')).toMatchObject({ status: 'leaver', accounts: [{ active: false }] });
    const owners = async () => (await hub.call('GET', '/applications/board')).body.owners as string[];
    await eventually(async () => (await owners())[0] === identityOf('8000'));
    const steps = (status: string) => stepsOf('8020', ` and workflowId eq "owners" and status eq "${status}"`);
    await eventually(async () => (await steps('done')).some(({ action }) => action === 'transfer-ownership'));
    expect(await steps('in-progress')).toMatchObject([
      { action: 'disable', answers: [{ about: 'wiki', word: 'waiting' }] },
    ]);
    await answered('8020', 'account.in-sync');
    await eventually(async () => (await steps('done')).length === 2);

    await hub.stated({ ...hrMessage('terminated', owner({ terminationDate: day(-1) }), 3), time });
    daysLater(30);
    await eventually(async () => (await accessOf(hub, '8020')).deletes === true);
    await answered('8020', 'account.in-sync');
    await eventually(async () => (await steps('done')).length === 3);
  });

  it('tells all of it by messages that keep their contracts', async () => {
    const types = (await hub.published(topics.decisions)).map(({ type }) => type);
    for (const what of ['steps.planned', 'steps.cancelled', 'step.taken', 'step.answered'])
      expect(types).toContain(`hub.governance.workflow-${what}.v1`);
    await expectContractsKept(hub);
  });
});

/** What the application answers about what is desired now. */
let answers = 0;
async function answered(
  who: string,
  what: 'account.in-sync' | 'membership.removed',
  more: Partial<ResultMessage> = {},
): Promise<void> {
  answers += 1;
  const desiredSequence = await desiredSequenceOf(hub, who);
  const about = { identity: identityOf(who), application: 'wiki', desiredSequence, ...more };
  await hub.publish(resultMessage(`hub.provisioning.${what}.v1`, about, answers));
}
