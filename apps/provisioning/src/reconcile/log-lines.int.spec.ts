import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { some } from '../../../../test/support/some.js';
import { desired, leaver, personId, stubToken } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly service: string;
  readonly time: string;
  readonly [field: string]: unknown;
}
const [info, warning] = [30, 40];

describe('the log of provisioning', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
  });
  afterEach(() => wiki.stop());

  const lines = (): Line[] => wiki.logged.map((line) => JSON.parse(line) as Line);
  const line = (fields: object): Promise<boolean> =>
    eventually(() => lines().some((one) => Object.entries(fields).every(([name, value]) => one[name] === value)));

  it('has a line for each change of a connector’s health', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'PATCH', refuseWith: 401 };
    await wiki.publish(desired('ada', 2, { attributes: { displayName: 'Ada King' } }));
    const of = { connector: 'wiki', context: 'provisioning.health', service: 'provisioning' };
    await line({ ...of, level: warning, state: 'auth-failed', msg: 'connector wiki is auth-failed' });
    wiki.stub.faults = {};
    await wiki.inTime(() => wiki.users('ada')[0]?.['displayName'] === 'Ada King');
    await eventually(
      () =>
        lines()
          .filter(({ context }) => context === of.context)
          .at(-1)?.['state'] === 'working',
    );
    expect(
      lines()
        .filter(({ context }) => context === of.context)
        .map(({ level, state }) => [level, state]),
    ).toEqual([
      [info, 'working'],
      [warning, 'auth-failed'],
      [info, 'working'],
    ]);
  });

  it('has a line for each account that is parked, without a word about the person', async () => {
    wiki.stub.reply = ({ method }) =>
      method === 'POST' ? { status: 422, body: { detail: 'ada@corp.example is reserved' } } : null;
    await wiki.publish(desired('ada', 1));
    const parked = { msg: 'an account waits for a person', identity: personId('ada'), connector: 'wiki' };
    await line({ ...parked, code: 'validation', level: warning });
    expect(lines().filter(({ msg }) => msg === parked.msg)).toHaveLength(1);
    expect(wiki.logged.join('')).not.toMatch(/ada@|Person/);
  });

  it('has lines for a group that is made, gone and made again, and renamed', async () => {
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await wiki.inSync('ada', 1);
    const of = { connector: 'wiki', group: 'Staff', level: info };
    const id = wiki.stub.dump().groups[0]?.id ?? '';
    await line({ ...of, msg: 'a group was made in the application', groupId: id });
    wiki.stub.directory.answer('DELETE', `/Groups/${id}`, '');
    wiki.clock.advance(61_000);
    await wiki.publish(desired('bob', 1, { groups: ['Staff'] }));
    await wiki.inTime(() => wiki.members('Staff').length === 2);
    await line({ ...of, msg: 'a group is gone from the application', groupId: id });
    const [group] = wiki.stub.dump().groups;
    await line({ ...of, msg: 'a group was made in the application', groupId: group?.id });
    if (group !== undefined) group.displayName = 'Domain Admins';
    wiki.clock.advance(61_000);
    await line({ ...of, msg: 'a group has another name in the application', groupId: group?.id });
  });

  it('has a line when an account that nobody may use gives its name up', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    wiki.stub.reply = ({ method, body }) =>
      method === 'POST' && body.includes('ada@') && wiki.users('ada').length > 0 ? { status: 409, body: {} } : null;
    await wiki.publish(desired('dan', 1, { attributes: { userName: 'ada@corp.example' } }));
    await line({ connector: 'wiki', identity: personId('ada'), to: personId('dan'), level: info });
  });

  it('never holds a secret that the application echoes, in whatever form', async () => {
    const forms = [stubToken, encodeURIComponent(stubToken), Buffer.from(stubToken).toString('base64')];
    const echo = forms.join(' ');
    const answers: { status: number; body: string; headers?: Record<string, string> }[] = [
      { status: 400, body: JSON.stringify({ detail: echo, scimType: stubToken }) },
      { status: 403, body: JSON.stringify({ detail: echo }) },
      { status: 500, body: `<html>${echo}</html>`, headers: { 'content-type': 'text/html' } },
      { status: 200, body: echo, headers: { 'content-type': stubToken } },
      { status: 302, body: echo, headers: { location: `https://elsewhere.example/?token=${stubToken}` } },
      { status: 201, body: JSON.stringify({ id: stubToken, userName: stubToken, [stubToken]: echo }) },
      { status: 429, body: echo, headers: { 'retry-after': stubToken } },
    ];
    const names = answers.map((_, n) => `p${n}`);
    wiki.stub.reply = ({ method, body }) => {
      const index = names.findIndex((name) => body.includes(`${name}@`));
      return method === 'POST' ? (answers[index] ?? null) : null;
    };
    await wiki.publish(...names.map((name) => desired(name, 1)));
    await wiki.inTime(async () => (await wiki.parked()).length >= 2, 5_000);
    await wiki.quiescence();
    const stored = await wiki.db.query<{ all: string }>(
      `select coalesce(string_agg(d::text, ' '), '') || (select coalesce(string_agg(e::text, ' '), '') from events e)
         || (select coalesce(string_agg(m::text, ' '), '') from bus.message m) as all from desired d`,
    );
    const shown = [
      await wiki.call('GET', '/connectors/wiki/accounts'),
      await wiki.call('GET', '/connectors/wiki/parked'),
      await wiki.call('GET', '/connectors/wiki'),
    ].map(({ text }) => text);
    for (const form of some(forms)) {
      expect(wiki.logged.filter((one) => one.includes(form))).toEqual([]);
      expect([stored[0]?.all.includes(form), shown.join(' ').includes(form)]).toEqual([false, false]);
    }
    expect(wiki.logged.length).toBeGreaterThan(0);
  });
});
