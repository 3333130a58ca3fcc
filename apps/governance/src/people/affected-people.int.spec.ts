import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { matches } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { CatalogSnapshot } from '../policy/policy.exports.js';
import { identityKeys } from '../identities/identity-filter.js';
import type { KnownIdentity } from '../identities/identity.js';
import { FindAffectedPeople } from './affected-people.query.js';
import { filterResourceOf } from './person-batch.js';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from '../governance.fixtures.js';

let hub: RunningGovernance;
const departments = { Many: 230, Few: 10, Other: 20 };
const ids: string[] = [];
beforeAll(async () => {
  hub = await runningGovernance();
  for (const id of ['wiki', 'crm']) await hub.call('PUT', `/applications/${id}`, { displayName: id, connectorId: id });
  for (const [department, size] of Object.entries(departments)) {
    const joining = Array.from({ length: size }, () => {
      ids.push(String(1000 + ids.length));
      return worker(ids.at(-1) ?? '', { department, custom: { badge: department } });
    });
    await hub.stated(...joining.map((one) => hrMessage('hired', one)));
  }
});
afterAll(() => hub.stop());

const account = { application: 'wiki', account: true };
const groupOf = (group: string) => ({ application: 'wiki', group });
const job = async (answer: Promise<{ status: number; body: { job: { id: string } } }>): Promise<string> => {
  const { status, body } = await answer;
  expect([200, 201]).toContain(status);
  return body.job.id;
};
const packageOf = (id: string, grants: object[] = [account], more: object = {}) =>
  job(hub.call('PUT', `/access-packages/${id}?confirm=1000`, { displayName: id, grants, ...more }));
const ruleOf = (id: string, filter: string, packages: string[], more: object = {}) =>
  job(hub.call('PUT', `/birthright-rules/${id}?confirm=1000`, { displayName: id, filter, packages, ...more }));
const done = (id: string) =>
  eventually(async () => {
    const { body } = await hub.call('GET', `/jobs/${id}`);
    return body.status === 'completed' ? body : undefined;
  });
const inDepartment = (...names: string[]) => names.map((name) => `department eq "${name}"`).join(' or ');
const few = departments.Few;

describe('a change looks only at the people whom it can touch', () => {
  it('for a new rule: who matches it', async () => {
    await packageOf('new');
    const made = await done(await ruleOf('new', inDepartment('Few'), ['new']));
    expect(made).toMatchObject({ checked: few, touched: few, gained: few, lost: 0 });
  });

  it('for another filter: who matches only one of the two', async () => {
    await packageOf('moved', [account, groupOf('Moved')]);
    await done(await ruleOf('moved', inDepartment('Many'), ['moved']));
    const wider = await done(await ruleOf('moved', inDepartment('Many', 'Few'), ['moved']));
    expect(wider).toMatchObject({ checked: few, gained: few, lost: 0 });
    const narrower = await done(await ruleOf('moved', inDepartment('Many'), ['moved']));
    expect(narrower).toMatchObject({ checked: few, gained: 0, lost: few });
  });

  it('for other packages of a rule: who matches it', async () => {
    await packageOf('first', [account, groupOf('First')]);
    await packageOf('second', [account, groupOf('Second')]);
    await done(await ruleOf('swapped', inDepartment('Few'), ['first']));
    const swapped = await done(await ruleOf('swapped', inDepartment('Few'), ['second']));
    expect(swapped).toMatchObject({ checked: few, gained: few, lost: few });
  });

  it('for a rule that gives nothing any more: who matched it', async () => {
    await packageOf('ended', [account, groupOf('Ended')]);
    await done(await ruleOf('ended', inDepartment('Few'), ['ended']));
    expect(await done(await ruleOf('ended', inDepartment('Few'), []))).toMatchObject({ checked: few, lost: few });
  });

  it('for other grants of a package: who holds it', async () => {
    await packageOf('granting');
    await done(await ruleOf('granting', inDepartment('Few'), ['granting']));
    const more = await done(await packageOf('granting', [account, groupOf('More')]));
    expect(more).toMatchObject({ checked: few, gained: few });
  });

  it('for a draft that is published: who matches a rule that gives it', async () => {
    await done(await packageOf('draft', [account, groupOf('Draft')], { status: 'draft' }));
    const rule = await done(await ruleOf('draft', inDepartment('Few'), ['draft']));
    expect(rule).toMatchObject({ checked: few, touched: 0 });
    const published = await done(await packageOf('draft', [account, groupOf('Draft')]));
    expect(published).toMatchObject({ checked: few, gained: few });
  });

  it.each([
    ['name of a rule', () => ruleOf('named', inDepartment('Few'), ['named'], { displayName: 'Another' })],
    ['description of a package', () => packageOf('named', [account, groupOf('A')], { description: 'Another' })],
    ['order of grants', () => packageOf('named', [groupOf('A'), account], { description: 'Another' })],
  ])('for another %s: nobody', async (_, change) => {
    await packageOf('named', [account, groupOf('A')]).catch(() => undefined);
    await ruleOf('named', inDepartment('Few'), ['named']).catch(() => undefined);
    await hub.quiet();
    expect(await done(await change())).toMatchObject({ checked: 0, touched: 0 });
  });

  it('goes on over everybody for a filter that has no equal in SQL, with the same outcome', async () => {
    await packageOf('odd', [account, groupOf('Odd')]);
    const made = await done(await ruleOf('odd', 'custom[badge eq "Other"] or department eq 5', ['odd']));
    expect(made).toMatchObject({ checked: ids.length, gained: departments.Other });
  });
});

describe('the people that SQL finds', () => {
  it.each([
    'department eq "many"',
    'department ne "Many"',
    'employeeId eq "1001" or employeeId sw "102"',
    'custom.BADGE co "the"',
    'custom.badge pr and not (email pr)',
    'addresses eq "Main Street" or phoneNumbers ne "1"',
    'managerId eq null and status eq "active" and kind eq "person"',
    'hireDate ge "2026-03-02" and familyName ew "7"',
    'status ne "active"',
  ])('for %s are those that the rule itself would choose', async (filter) => {
    const rows = await hub.db.query<{ state: KnownIdentity }>(`select state from identity order by id`);
    const chosen = rows
      .map(({ state }) => state)
      .filter((state) => state.status !== 'inactive')
      .filter((state) => matches(parseFilter(filter), filterResourceOf(state), identityKeys));
    const affected = { who: 'matching', rule: 'none', filters: [{ before: null, after: filter }], filter } as const;
    const part = { after: '00000000-0000-0000-0000-000000000000', limit: 1_000 };
    const found = await new FindAffectedPeople(hub.db).next(affected, new CatalogSnapshot(0, []), part);
    expect(found).toEqual({ ids: chosen.map(({ identityId }) => identityId), after: null });
  });
});

describe('two changes', () => {
  it('run beside each other: the second does not restart the first', async () => {
    await packageOf('long', [account, groupOf('Long')]);
    await packageOf('short', [account, groupOf('Short')]);
    // The second page: the first is done.
    const first = hub.hold(/insert into access \(/);
    const long = await ruleOf('long', inDepartment('Many'), ['long']);
    await first.arrived;
    const second = hub.hold(/insert into access \(/);
    first.release();
    await second.arrived;
    const done200 = (await hub.call('GET', `/jobs/${long}`)).body;
    expect(done200).toMatchObject({ status: 'running', checked: 200 });
    const short = await ruleOf('short', inDepartment('Few'), ['short']);
    second.release();
    expect(await done(short)).toMatchObject({ checked: few, gained: few, continuedBy: null });
    expect(await done(long)).toMatchObject({ checked: departments.Many, gained: departments.Many, continuedBy: null });
  });

  it('that cross over the same filter leave everybody as the last one says', async () => {
    await packageOf('crossed', [account, groupOf('Crossed')]);
    const page = hub.hold(/insert into access \(/);
    const one = await ruleOf('crossed', inDepartment('Many'), ['crossed']);
    await page.arrived;
    const other = await ruleOf('crossed', inDepartment('Few'), ['crossed']);
    page.release();
    await Promise.all([done(one), done(other)]);
    const held = await hub.db.query<{ department: string; holders: number }>(
      `select i.attributes ->> 'department' as department, count(*)::int as holders from assignment a
       join identity i on i.id = a.identity_id where a.package_id = 'crossed' and a.status = 'active' group by 1 order by 1`,
    );
    expect(held).toEqual([{ department: 'Few', holders: few }]);
  });
});

describe('a job that was not done', () => {
  it('goes on after a restart', async () => {
    await packageOf('restarted', [account, groupOf('Restarted')]);
    const page = hub.hold(/insert into access \(/);
    const id = await ruleOf('restarted', inDepartment('Many'), ['restarted']);
    await page.arrived;
    const restarting = hub.restart();
    page.release();
    await restarting;
    expect(await done(id)).toMatchObject({ checked: departments.Many, gained: departments.Many });
  });

  it('of an earlier version goes on over everybody, and so does one that it counts for', async () => {
    const [running, continued] = ['0198c0de-0000-7000-8000-000000000e01', '0198c0de-0000-7000-8000-000000000e02'];
    for (const [id, by] of [
      [running, null],
      [continued, running],
    ])
      await hub.db.query(
        `insert into recompute_job (id, kind, changed, version, status, started_at, position, continued_by)
         values ($1::uuid, 'birthright-rule', 'new', 1, 'running', now(), '00000000-0000-0000-0000-000000000000', $2::uuid)`,
        [id, by],
      );
    await hub.db.query(
      `insert into timer (kind, key, due_at, payload) values ('recompute-access', 'everybody', $1::timestamptz, $2::jsonb)`,
      [
        hub.clock.now(),
        JSON.stringify({ after: '00000000-0000-0000-0000-000000000000', correlationId: running, causationId: running }),
      ],
    );
    await hub.restart();
    expect(await done(running ?? '')).toMatchObject({ checked: ids.length });
    expect(await done(continued ?? '')).toMatchObject({ checked: ids.length, continuedBy: running });
  });
});

describe('a person who holds something by a rule that they do not match', () => {
  it('loses it with the next change of the rule', async () => {
    await packageOf('outside', [account, groupOf('Outside')]);
    await done(await ruleOf('outside', inDepartment('Few'), ['outside']));
    // As a database of an older version may hold it.
    await hub.db.query(
      `update identity set attributes = attributes || '{"department": "Elsewhere"}',
         state = jsonb_set(state, array['person', 'records', state ->> 'primaryWorkerId', 'department'], '"Elsewhere"')
       where id = $1::uuid`,
      [identityOf(ids[departments.Many] ?? '')],
    );
    const wider = await done(await ruleOf('outside', inDepartment('Few', 'Other'), ['outside']));
    expect(wider).toMatchObject({ checked: departments.Other + 1, gained: departments.Other, lost: 1 });
  });
});
