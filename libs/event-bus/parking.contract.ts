import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { ParkedCursor, ParkedMessage } from './event-bus.port.js';
import type { PublicMessage } from './message.js';
import { numbers, same, Scope, type BusPromise, type BusSubject } from './scope.contract.js';

/** What every transport promises of messages that cannot be handled. */
export const parkingPromises: readonly BusPromise[] = [
  { name: 'a poison message is parked with its key while the others flow, and can be replayed', run: poison },
  { name: 'a message of a type the consumer does not know waits for a version that does', run: unknownType },
  { name: 'a message whose body is not as its contract says is parked at once', run: faultyBody },
  { name: 'a dismissed message lets those behind it go on', run: dismissed },
  { name: 'a dismissal holds together with what is staged beside it, once', run: dismissedOnce },
  { name: 'what is parked can be listed line by line and found by its id', run: listed },
  { name: 'a newer state supersedes a parked one', run: superseded },
  { name: 'a consumer that keeps every event loses none to a newer state', run: keptBesideNewer },
  { name: 'what stands in for a message that cannot be handled holds up nothing', run: substituted },
  { name: 'what stands in for a parked message lets those behind it go on', run: substitutedLater },
];

async function poison(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  let healed = false;
  const check = ({ key, sequence }: PublicMessage): void => {
    if (!healed && key === scope.key('ada') && sequence === 2) throw new Error('cannot use this');
  };
  const bus = await scope.member(subject, { check });
  await subject.publish([...scope.messages('ada', 1, 4), ...scope.messages('grace', 1, 4)]);
  await scope.until(subject, 'grace', 4);
  await scope.until(subject, 'ada', 1);
  await scope.parked(subject, bus, 1, 2);
  await subject.publish([scope.message('ada', 5), scope.message('grace', 5)]);
  await scope.until(subject, 'grace', 5);
  const [parked] = await scope.parked(subject, bus, 1, 3);
  same(await scope.sequences(subject, 'ada'), [1], 'effects while parked');
  same(
    [parked?.key, parked?.sequence, parked?.poison, parked?.failures, parked?.reason],
    [scope.key('ada'), 2, true, 5, 'cannot use this'],
    'parked',
  );
  const id = parked?.id ?? '';
  const stuck = { id, reason: 'cannot use this' };
  same(await bus.parking.replay(scope.group, id), { outcome: 'parked-again', stuck }, 'replay while it still fails');
  same(
    (await bus.parking.list(10, null)).map((p) => [p.poison, p.failures, p.waiting]),
    [[true, 6, 3]],
    'parked after a failed replay',
  );
  healed = true;
  same(await bus.parking.replay(scope.group, id), { outcome: 'replayed', stuck: null }, 'replay');
  same(await bus.parking.replay(scope.group, id), { outcome: 'unknown', stuck: null }, 'replay of what is gone');
  same(await bus.parking.list(10, null), [], 'parked after the replay');
  await subject.publish([scope.message('ada', 6)]);
  await scope.until(subject, 'ada', 6);
  same(await scope.sequences(subject, 'ada'), numbers(1, 6), 'effects');
  await bus.stop();
}

async function unknownType(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const known = scope.message('ada', 1).type;
  const newer = { ...scope.message('ada', 2), type: 'hub.spec.thing.done.v2' };
  const old = await scope.member(subject, { types: new Set([known]) });
  await subject.publish([scope.message('ada', 1), newer, scope.message('ada', 3), scope.message('grace', 1)]);
  await scope.until(subject, 'grace', 1);
  const [parked] = await scope.parked(subject, old, 1, 1);
  const reason = 'this version does not know hub.spec.thing.done.v2';
  same([parked?.reason, parked?.failures], [reason, 1], 'parked');
  same(
    await old.parking.replay(scope.group, newer.id),
    { outcome: 'parked-again', stuck: { id: newer.id, reason } },
    'replay by the version that does not know it',
  );
  await old.stop();
  const upgraded = await scope.member(subject, { types: new Set([known, newer.type]) });
  same(
    await upgraded.parking.replay(scope.group, newer.id),
    { outcome: 'replayed', stuck: null },
    'replay by the version that knows it',
  );
  same(await scope.sequences(subject, 'ada'), [1, 2, 3], 'effects');
  await upgraded.stop();
}

async function faultyBody(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const known = scope.message('ada', 1).type;
  const faulty = { ...scope.message('ada', 2), type: 'hub.hr.worker.hired.v1', body: { worker: 7 } };
  // Other runs share the topic: what they left there is known here.
  const types = new Set([known, 'hub.spec.thing.done.v2', faulty.type]);
  const bus = await scope.member(subject, { types });
  await subject.publish([scope.message('ada', 1), faulty, scope.message('grace', 1)]);
  await scope.until(subject, 'grace', 1);
  const [parked] = await scope.parked(subject, bus, 1, 0);
  const reason = 'it is not as the contract of its type says: /person is missing';
  same([parked?.id, parked?.reason, parked?.failures], [faulty.id, reason, 1], 'parked');
  same(await scope.sequences(subject, 'ada'), [1], 'effects');
  await bus.stop();
}

async function dismissed(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const check = ({ sequence }: PublicMessage): void => {
    if (sequence === 1 || sequence === 4) throw new Error(`cannot use ${sequence}`);
  };
  const bus = await scope.member(subject, { check });
  const messages = scope.messages('ada', 1, 5);
  await subject.publish(messages);
  const [first] = await scope.parked(subject, bus, 1, 4);
  const stuck = { id: messages[3]?.id, reason: 'cannot use 4' };
  same(await bus.parking.dismiss(scope.group, first?.id ?? ''), { outcome: 'dismissed', stuck }, 'dismissal');
  same(await scope.sequences(subject, 'ada'), [2, 3], 'effects up to the next that fails');
  same(
    await bus.parking.dismiss(scope.group, first?.id ?? ''),
    { outcome: 'unknown', stuck: null },
    'second dismissal',
  );
  const [next] = await scope.parked(subject, bus, 1, 1);
  same(await bus.parking.dismiss(scope.group, next?.id ?? ''), { outcome: 'dismissed', stuck: null }, 'next dismissal');
  same(await scope.sequences(subject, 'ada'), [2, 3, 5], 'effects');
  same(await bus.parking.list(10, null), [], 'parked');
  await bus.stop();
}

async function dismissedOnce(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const check = ({ sequence }: PublicMessage): void => {
    if (sequence === 1) throw new Error('cannot use this');
  };
  const bus = await scope.member(subject, { check });
  await subject.publish([scope.message('ada', 1)]);
  const [parked] = await scope.parked(subject, bus, 1, 0);
  const note = scope.message('note', 1);
  const dismissals = await Promise.all(
    numbers(1, 3).map(() =>
      bus.parking.dismiss(scope.group, parked?.id ?? '', (work) => subject.stage(work, scope.group, [note])),
    ),
  );
  same(dismissals.map(({ outcome }) => outcome).sort(), ['dismissed', 'unknown', 'unknown'], 'dismissals');
  same(await scope.sequences(subject, 'note'), [1], 'what was staged beside');
  await bus.stop();
}

async function listed(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const check = ({ sequence }: PublicMessage): void => {
    if (sequence > 1) throw new Error('cannot use this');
  };
  const bus = await scope.member(subject, { check });
  const messages = ['ada', 'grace'].flatMap((name) => scope.messages(name, 1, 4));
  await subject.publish(messages);
  await scope.parked(subject, bus, 2, 4);
  const pages: (readonly ParkedMessage[])[] = [];
  let after: ParkedCursor | null = null;
  do {
    const page: readonly ParkedMessage[] = await bus.parking.list(1, after);
    pages.push(page);
    after = page.at(-1) ?? null;
  } while (after !== null);
  same(
    pages.map((page) => page.map(({ key, sequence, waiting }) => [key, sequence, waiting])),
    [[[scope.key('ada'), 2, 2]], [[scope.key('grace'), 2, 2]], []],
    'pages',
  );
  const [, , third] = messages;
  const [found, ...others] = await bus.parking.find(third?.id ?? '');
  same(others, [], 'found elsewhere');
  same(
    [found?.group, found?.topic, found?.key, found?.line, found?.type, found?.source, found?.sequence, found?.epoch],
    [scope.group, third?.topic, third?.key, third?.key, third?.type, third?.source, 3, 1],
    'found',
  );
  same([found?.poison, found?.failures, found?.waiting], [false, 0, 1], 'found');
  same(await bus.parking.find(messages[0]?.id ?? ''), [], 'a message that was handled');
  same(await bus.parking.find(uuidv7()), [], 'a message nobody knows');
  await bus.stop();
}

async function superseded(subject: BusSubject): Promise<void> {
  const scope = new Scope(topics.desiredAccess);
  const check = ({ sequence }: PublicMessage): void => {
    if (sequence === 2) throw new Error('cannot use this');
  };
  const bus = await scope.member(subject, { check });
  await subject.publish(scope.messages('ada', 1, 2));
  await scope.parked(subject, bus, 1, 0);
  await subject.publish([scope.message('ada', 3)]);
  await scope.until(subject, 'ada', 3);
  same(await bus.parking.list(10, null), [], 'parked');
  same(await scope.sequences(subject, 'ada'), [1, 3], 'effects');
  await bus.stop();
}

async function keptBesideNewer(subject: BusSubject): Promise<void> {
  const scope = new Scope(topics.desiredAccess);
  let healed = false;
  const check = ({ sequence }: PublicMessage): void => {
    if (!healed && sequence === 2) throw new Error('cannot use this');
  };
  const bus = await scope.member(subject, { check, inbox: 'none' });
  await subject.publish(scope.messages('ada', 1, 2));
  await scope.parked(subject, bus, 1, 0);
  await subject.publish([scope.message('ada', 3)]);
  const [parked] = await scope.parked(subject, bus, 1, 1);
  healed = true;
  same((await bus.parking.replay(scope.group, parked?.id ?? '')).outcome, 'replayed', 'replay');
  same(await scope.sequences(subject, 'ada'), [1, 2, 3], 'effects');
  await bus.stop();
}

const unusableSecond = ({ sequence }: PublicMessage): void => {
  if (sequence === 2) throw new Error('cannot use this');
};

/** A substitute's effect is recognised by its own sequence. */
function standIn(reasons: string[]): (message: PublicMessage, reason: string) => PublicMessage {
  return (message, reason) => {
    reasons.push(reason);
    return { ...message, sequence: message.sequence + 100 };
  };
}

async function substituted(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const reasons: string[] = [];
  const known = scope.message('ada', 1).type;
  const types = new Set([known]);
  const bus = await scope.member(subject, { check: unusableSecond, types, substitute: standIn(reasons) });
  const newer = { ...scope.message('ada', 3), type: 'hub.spec.thing.done.v2' };
  await subject.publish([...scope.messages('ada', 1, 2), newer, scope.message('ada', 4)]);
  await scope.until(subject, 'ada', 4);
  same(await scope.sequences(subject, 'ada'), [1, 102, 103, 4], 'effects');
  same(reasons, ['cannot use this', 'this version does not know hub.spec.thing.done.v2'], 'reasons');
  same(await bus.parking.list(10, null), [], 'parked');
  await bus.stop();
}

async function substitutedLater(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  let able = false;
  const substitute = (message: PublicMessage, reason: string): PublicMessage => {
    if (!able) throw new Error('cannot stand in');
    return standIn([])(message, reason);
  };
  const bus = await scope.member(subject, { check: unusableSecond, substitute });
  await subject.publish(scope.messages('ada', 1, 3));
  const [parked] = await scope.parked(subject, bus, 1, 1);
  same([parked?.reason, parked?.failures], ['cannot use this', 5], 'parked');
  able = true;
  same(
    await bus.parking.replay(scope.group, parked?.id ?? ''),
    { outcome: 'replayed', stuck: null },
    'replay with a substitute',
  );
  same(await scope.sequences(subject, 'ada'), [1, 102, 3], 'effects');
  await bus.stop();
}
