import { topics } from '#libs/contracts/topics.js';
import { toHeaders } from '#libs/event-bus/cloud-event.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { channelOf } from '#libs/event-bus/postgres/postgres-reader.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { eventually } from '../../../../test/support/eventually.js';
import { auditUnderTest, type AuditUnderTest } from '../audit-under-test.fixtures.js';
import { hire, minute, Story } from './messages.fixtures.js';

let t: AuditUnderTest;
beforeAll(async () => (t = await auditUnderTest()), 30_000);
afterAll(() => t.close());

interface Logged {
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly personal: { subject: string; fields: Record<string, unknown> | null }[];
  readonly notKept?: { field: string; reason: string }[];
}
const entryOf = async ({ id }: PublicMessage): Promise<Logged> => {
  const { body } = await t.ask(`/audit/v1/entries?filter=${encodeURIComponent(`id eq "${id}"`)}`);
  const [entry] = body['items'] as Logged[];
  if (entry === undefined) throw new Error(`no entry ${id}`);
  return entry;
};
const parked = async (): Promise<unknown> => await t.db.query(`select reason from parked_message`);

/** Writes a message to the bus as anybody who may write there could, and waits for its entry. */
async function written(headers: object, body: string): Promise<void> {
  const [head] = await t.db.query<{ size: string }>(`select size from tree_head`);
  await t.db.query(
    `insert into bus.message (topic, epoch, key, headers, body) select $1, i.epoch, $2, $3, $4 from bus.identity i`,
    [topics.results, ada.identity, JSON.stringify(headers), body],
  );
  t.db.notifier.notify(channelOf(topics.results));
  await t.untilSize(Number(head?.size) + 1);
}

const ada = new Story('ada');
const because = [ada.assignment('basics')];
const failed = (more: object): PublicMessage => {
  const desired = ada.desired(minute(3), ada.hired(minute(3)), [{ account: true, because }]);
  return ada.result(minute(4), 'operation.failed', desired, { kind: 'update-account', because, status: 400, ...more });
};
const changed = (message: PublicMessage, more: Partial<PublicMessage>): PublicMessage => ({ ...message, ...more });

describe('the log keeps an entry of every message, whatever it holds', () => {
  it.each<[string, PublicMessage, string, object]>([
    [
      'half a character, where a text was cut',
      failed({ detail: `refused \ud83d` }),
      '/detail',
      { kind: 'update-account' },
    ],
    ['half a character in what is public', failed({ code: `x\udc00` }), '/code', { code: 'x\ufffd' }],
    ['NUL in the name of an application', failed({ application: 'wi\0ki' }), 'application', { application: 'wi\0ki' }],
    ['an application of endless name', failed({ application: 'x'.repeat(9_000) }), 'application', {}],
    ['a subject of endless length', changed(failed({}), { subject: randomText(9_000) }), 'subject', {}],
    ['a time after the year 9999', changed(failed({}), { time: '+010000-01-01T00:00:00.000Z' }), 'time', {}],
    ['a time before the year 1', changed(failed({}), { time: '-000005-01-01T00:00:00.000Z' }), 'time', {}],
    ['a sequence beyond 32 bits', changed(failed({}), { sequence: 2 ** 40 }), 'sequence', {}],
    [
      'a person who has no UUID',
      changed(ada.hired(minute(3)), { body: { worker: 'ada@corp', employed: true, attributes: { familyName: 'L' } } }),
      '/attributes',
      { employed: true },
    ],
    ['a type that nobody knows', changed(failed({}), { type: 'hub.other.thing.done.v1' }), '', {}],
  ])('%s', async (_, message, field, data) => {
    await t.publish(minute(5), [message]);
    const entry = await entryOf(message);
    expect(entry.data).toMatchObject(data);
    expect(entry.notKept).toEqual([{ field, reason: expect.any(String) }]);
    expect(await parked()).toEqual([]);
  });

  it.each([
    ['a number without end', '"status":1e999', '/status'],
    ['a nesting without end', `"written":${'['.repeat(9_000)}${']'.repeat(9_000)}`, '/written'],
  ])('%s', async (_, field, name) => {
    const message = failed({ status: 0 });
    await written(toHeaders(message), JSON.stringify(message.body).replace('"status":0', field));
    expect(await entryOf(message)).toMatchObject({ data: { kind: 'update-account' }, notKept: [{ field: name }] });
    expect(await parked()).toEqual([]);
  });

  it('one person in letters of either case is one person', async () => {
    const message = ada.known(minute(5), ada.hired(minute(5)));
    const upper = changed(message, { body: { ...message.body, identity: ada.identity.toUpperCase() } });
    await t.publish(minute(5), [upper]);
    expect((await entryOf(upper)).personal).toEqual([
      { subject: ada.identity, fields: expect.objectContaining({ displayName: 'ada Example' }) },
    ]);
  });

  it('a message that cannot be read, and those after it of its key', async () => {
    const headers = {
      ce_id: uuidv7(),
      ce_source: '/x',
      ce_time: 'yesterday',
      ce_type: 'x',
      ce_sequence: '1',
      ce_epoch: '1',
    };
    await written(headers, '{"secret":"of ada"}');
    const after = failed({});
    await t.publish(minute(6), [after]);
    const { body } = await t.ask(`/audit/v1/entries?filter=${encodeURIComponent('type eq "hub.bus.undecodable"')}`);
    expect(body['items']).toEqual([
      expect.objectContaining({ data: {}, notKept: [{ field: '', reason: 'header ce_time is not an instant' }] }),
    ]);
    expect(JSON.stringify(body)).not.toContain('of ada');
    expect(await parked()).toEqual([]);
  });

  it('what answers are made from bears entries of any form', async () => {
    const bob = new Story('bob');
    const story = hire(bob);
    const last = story.at(-1) as PublicMessage;
    const of = (type: string, more: object): PublicMessage => bob.result(minute(7), type, last, more);
    const broken = [
      changed(bob.desired(minute(7), last, []), {
        body: { identity: bob.identity, application: 'chat', entitlements: null },
      }),
      bob.desired(minute(7), last, [{ account: true }, null, 'x', { group: 5, because: [] }] as never),
      of('account.created', { because: null as never, kind: 'create-account' }),
      of('membership.added', { group: 7 as never, because: 'x' as never }),
      of('operation.failed', { connector: null as never }),
      changed(bob.assigned(minute(7), last, 'odd'), {
        body: { assignment: bob.assignment('odd'), identity: bob.identity },
      }),
      of('membership.added', { kind: 'add-member', group: 'sound', because: [bob.assignment('odd')] }),
    ];
    await t.publish(minute(8), [...story, ...broken]);
    t.clock.set(minute(9));
    const { status, body } = await t.ask(`/audit/v1/access?application=chat&identity=${bob.identity}`);
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ items: [expect.objectContaining({ application: 'chat' })] }),
    ]);
    expect((await t.ask(`/audit/v1/identities/${bob.identity}/timeline`)).status).toBe(200);
  });
});

it('a message that is parked all the same shows in readiness', async () => {
  const ready = async (): Promise<unknown> => await (await fetch(`${t.url()}/health/ready`)).json();
  expect(await ready()).toMatchObject({ ok: true, findings: [] });
  await t.db.query(`insert into parked_line (consumer, topic, line, length) values ('audit', $1, 'ada', 3)`, [
    topics.results,
  ]);
  await eventually(async () => JSON.stringify(await ready()).includes('parked'));
  expect(await ready()).toEqual({
    ok: true,
    findings: [expect.stringMatching(/^audit: 3 messages .* parked.*\/audit\/v1\/parked-messages/)],
  });
  await t.db.query(`delete from parked_line`);
  expect(await ready()).toEqual({ ok: true, findings: [] });
});

function randomText(length: number): string {
  let text = '';
  while (text.length < length) text += uuidv7();
  return text.slice(0, length);
}
