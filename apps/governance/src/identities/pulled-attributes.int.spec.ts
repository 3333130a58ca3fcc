import { attributesPulled, type AttributesPulledMessage } from '#libs/contracts/provisioning-results.js';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from '../governance.fixtures.js';

let hub: RunningGovernance;
const versions = new Map<string, number>();

beforeAll(async () => {
  hub = await runningGovernance();
  const documents: [string, object][] = [
    ['applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
    ['access-packages/staff', { displayName: 'Staff', grants: [{ application: 'wiki', account: true }] }],
    ['birthright-rules/all', { displayName: 'All', filter: 'status eq "active"', packages: ['staff'] }],
  ];
  for (const [path, body] of documents) await hub.call('PUT', `/${path}`, body);
});
afterAll(() => hub.stop());

type Given = Readonly<Record<string, readonly [value: string, precedence: number]>>;
/** What a connector gives, as provisioning tells it. */
function gives(connector: string, employeeId: string, given: Given): PublicMessage<AttributesPulledMessage> {
  const identity = identityOf(employeeId);
  const source = `/provisioning/account-${identity}.${connector}`;
  const sequence = (versions.get(source) ?? 0) + 1;
  versions.set(source, sequence);
  const body = {
    connector,
    application: connector,
    identity,
    precedence: Object.fromEntries(Object.entries(given).map(([name, [, precedence]]) => [name, precedence])),
    attributes: Object.fromEntries(Object.entries(given).map(([name, [value]]) => [name, value])),
  };
  const ids = { id: uuidv7(), correlationId: uuidv7(), causationId: null };
  const about = { topic: topics.results, key: identity, subject: identity, type: attributesPulled, source, sequence };
  return { ...ids, ...about, time: hub.clock.now(), actor: 'service/provisioning', epoch: 1, body };
}
const identityNow = async (employeeId: string) => (await hub.call('GET', `/identities/${identityOf(employeeId)}`)).body;
/** The newest attributes that connectors of the wiki may use. */
async function attributesOf(employeeId: string): Promise<Readonly<Record<string, unknown>>> {
  const all = (await hub.published(topics.desiredAccess)) as readonly PublicMessage<DesiredAccessMessage>[];
  return all.filter(({ key }) => key === identityOf(employeeId)).at(-1)?.body.accounts[0]?.attributes ?? {};
}
const becomes = async (employeeId: string, email: string): Promise<void> => {
  await eventually(async () => (await identityNow(employeeId)).email === email);
};

describe('what an application made for a person', () => {
  it('is an attribute of the identity that other connectors may use; the userName stays', async () => {
    await hub.stated(hrMessage('hired', worker('p1')));
    await hub.publish(gives('mail', 'p1', { email: ['p1@corp.example', 100], 'custom.mailboxId': ['u1', 100] }));
    await becomes('p1', 'p1@corp.example');
    expect(await identityNow('p1')).toMatchObject({
      userName: 'givenp1.familyp1',
      custom: { mailboxId: 'u1' },
      pulled: [
        { attribute: 'email', value: 'p1@corp.example', connector: 'mail', precedence: 100 },
        { attribute: 'custom.mailboxId', value: 'u1', connector: 'mail', precedence: 100 },
      ],
    });
    expect(await attributesOf('p1')).toMatchObject({
      email: 'p1@corp.example',
      userName: 'givenp1.familyp1',
      custom: { mailboxId: 'u1' },
    });
    const { items } = (await hub.call('GET', `/identities?filter=${encodeURIComponent('email eq "p1@corp.example"')}`))
      .body;
    expect(items).toMatchObject([{ id: identityOf('p1') }]);
  });

  it('stays through what HR states of other things, and gives way to what HR states of it', async () => {
    await hub.stated(hrMessage('changed', worker('p1', { department: 'Sales' }), 2));
    expect(await identityNow('p1')).toMatchObject({ department: 'Sales', email: 'p1@corp.example' });
    await hub.stated(hrMessage('changed', worker('p1', { email: 'hr@corp.example' }), 3));
    expect(await identityNow('p1')).toMatchObject({ email: 'hr@corp.example', userName: 'hr@corp.example' });
  });

  it('goes before HR, and before another application, where its precedence is lower', async () => {
    await hub.publish(gives('mail', 'p1', { email: ['p1@corp.example', 40] }));
    await becomes('p1', 'p1@corp.example');
    await hub.publish(gives('chat', 'p1', { email: ['p1@chat.example', 30] }));
    await becomes('p1', 'p1@chat.example');
    await hub.publish(gives('chat', 'p1', {}));
    await becomes('p1', 'p1@corp.example');
    expect((await identityNow('p1')).userName).toBe('hr@corp.example');
  });

  it('changes nothing when it is told twice, or of somebody unknown', async () => {
    const told = gives('mail', 'p1', { email: ['p1@corp.example', 40] });
    const before = (await hub.published(topics.identities)).length;
    await hub.publish(told, told, gives('mail', 'nobody', { email: ['x@corp.example', 1] }));
    await hub.publish(gives('mail', 'p1', { email: ['last@corp.example', 40] }));
    await becomes('p1', 'last@corp.example');
    expect((await hub.published(topics.identities)).length).toBe(before + 1);
  });

  it('leads back to the message that told it', async () => {
    const identities = await hub.published(topics.identities);
    const told = gives('mail', 'p1', { email: ['why@corp.example', 40] });
    await hub.publish(told);
    await becomes('p1', 'why@corp.example');
    const [changed] = (await hub.published(topics.identities)).slice(identities.length);
    expect(changed).toMatchObject({ causationId: told.id, correlationId: told.correlationId });
  });
});
