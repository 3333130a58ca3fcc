import { identityChanged, type IdentityMessage } from '#libs/contracts/identities.js';
import { topics } from '#libs/contracts/topics.js';
import type { EventBus } from '#libs/event-bus/event-bus.port.js';
import { busMigrations } from '#libs/event-bus/event-bus.migrations.js';
import { makeEventBus } from '#libs/event-bus/make-event-bus.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { storeUnderTest, type StoreUnderTest } from '../../test/support/event-store.js';
import { eventually } from '../../test/support/eventually.js';
import { authMigrations } from './auth.migrations.js';
import { IdentityDirectory } from './identity-directory.store.js';

const issuer = 'urn:issuer';
const clock = new TestClock('2026-03-02T09:00:00.000Z');
let under: StoreUnderTest;
let bus: EventBus;
let directory: IdentityDirectory;

beforeAll(async () => {
  under = await storeUnderTest({ migrations: [...busMigrations, ...authMigrations] });
  bus = makeEventBus({ service: 'spec', store: under.store, published: () => [] });
  directory = new IdentityDirectory(under.db, clock, issuer);
  directory.subscribe(bus, 'spec');
  await bus.start();
});
afterAll(async () => {
  await bus.stop();
  await under.close();
});

type Period = readonly [subject: string, from: string, until: string | null];

function identity(
  id: string,
  sequence: number,
  status: IdentityMessage['status'],
  ...periods: readonly Period[]
): PublicMessage<IdentityMessage> {
  return {
    topic: topics.identities,
    key: id,
    id: uuidv7(),
    source: `/governance/identity-${id}`,
    type: identityChanged,
    subject: id,
    time: clock.now(),
    actor: 'service/governance',
    correlationId: uuidv7(),
    causationId: null,
    sequence,
    epoch: 1,
    body: {
      identity: id,
      status,
      kind: 'person',
      subjects: [],
      manager: null,
      employeeId: null,
      displayName: 'x',
      userName: 'x',
      tokenSubjects: periods.map(([subject, from, until]) => ({ subject, from, until })),
      attributes: { employeeId: 'x', familyName: 'x', hireDate: '2026-01-01' },
    },
  };
}

const sequenceOf = async (id: string): Promise<number> =>
  (await under.db.query<{ sequence: number }>('select sequence from known_identity where identity = $1', [id]))[0]
    ?.sequence ?? 0;

async function consumed(message: PublicMessage<IdentityMessage>): Promise<void> {
  await bus.publish([message]);
  await eventually(async () => (await sequenceOf(message.subject)) >= message.sequence);
}

const january = '2026-01-01T00:00:00Z';

describe('the identity of a token', () => {
  it('is nobody for a subject no one ever was', async () => {
    expect(await directory.lookup(issuer, 'machine')).toBeNull();
  });

  it('follows the person: active, on leave, gone', async () => {
    const ada = uuidv7();
    await consumed(identity(ada, 1, 'active', ['1001', january, null]));
    expect(await directory.lookup(issuer, '1001')).toEqual({ identity: ada, status: 'active' });
    await consumed(identity(ada, 2, 'on-leave', ['1001', january, null]));
    expect(await directory.lookup(issuer, '1001')).toEqual({ identity: ada, status: 'active' });
    await consumed(identity(ada, 3, 'inactive', ['1001', january, null]));
    expect(await directory.lookup(issuer, '1001')).toEqual({ identity: ada, status: 'inactive' });
    expect(await directory.lookup('urn:another', '1001')).toBeNull();
  });

  it('does not pass to the next holder of the number, nor lets its former owner be a machine', async () => {
    const [former, next] = [uuidv7(), uuidv7()];
    await consumed(identity(former, 1, 'active', ['2001', january, '2026-02-01T00:00:00Z']));
    expect(await directory.lookup(issuer, '2001')).toEqual({ identity: former, status: 'inactive' });
    await consumed(identity(next, 1, 'active', ['2001', '2026-03-02T00:00:00Z', null]));
    expect(await directory.lookup(issuer, '2001')).toEqual({ identity: next, status: 'active' });
  });

  it('is not active before its first day', async () => {
    const grace = uuidv7();
    await consumed(identity(grace, 1, 'active', ['3001', '2026-03-03T00:00:00Z', null]));
    expect(await directory.lookup(issuer, '3001')).toMatchObject({ status: 'inactive' });
    clock.set('2026-03-03T00:00:00.000Z');
    expect(await directory.lookup(issuer, '3001')).toMatchObject({ status: 'active' });
  });

  it('loses the subjects it no longer has', async () => {
    const id = uuidv7();
    await consumed(identity(id, 1, 'active', ['4001', january, null], ['4002', january, null]));
    await consumed(identity(id, 2, 'active', ['4002', january, null]));
    expect(await directory.lookup(issuer, '4001')).toBeNull();
    expect(await directory.lookup(issuer, '4002')).toEqual({ identity: id, status: 'active' });
  });

  it('twice: a message that comes again, or after a newer one, changes nothing', async () => {
    const id = uuidv7();
    const first = identity(id, 1, 'active', ['5001', january, null]);
    await consumed(first);
    await consumed(identity(id, 3, 'inactive', ['5001', january, null]));
    await under.db.query('delete from inbox');
    await bus.publish([first, identity(id, 2, 'active', ['5001', january, null])]);
    await consumed(identity(uuidv7(), 1, 'active'));
    expect(await directory.lookup(issuer, '5001')).toEqual({ identity: id, status: 'inactive' });
  });
});
