import { topics } from '#libs/contracts/topics.js';
import { ConcurrencyConflict } from '#libs/event-store/conflict.js';
import type { PublicMessage } from './message.js';
import { parkingPromises } from './parking.contract.js';
import { numbers, same, Scope, type BusPromise, type BusSubject } from './scope.contract.js';
import { eventually } from '../../test/support/eventually.js';

/** The guarantees of every transport. Each has a name, so that a failure names the broken guarantee. */
export function busPromises(): readonly BusPromise[] {
  return [
    { name: 'order holds per key', run: order },
    { name: 'redelivery changes nothing', run: redelivery },
    { name: 'every group gets every message', run: groups },
    ...parkingPromises,
    { name: 'outages and conflicts are repeated and park nothing', run: outagesParkNothing },
    { name: 'a member that stops before its effects are committed leaves the messages to the next', run: stopsEarly },
    { name: 'a consumer that was away catches up', run: away },
    { name: 'anybody can see how far a group is behind', run: lagCounted },
    { name: 'a rebalance with two members loses and repeats no effect', run: rebalance },
    { name: 'a broker that goes away and comes back is survived', run: brokerOutage },
    { name: 'a restated topic gives a new consumer the newest of each key, whatever copies lie around', run: restated },
  ];
}

/** @throws Error if there is no such promise */
export function busPromise(name: string): BusPromise {
  const found = busPromises().find((promise) => promise.name === name);
  if (found === undefined) throw new Error(`no promise called ${name}`);
  return found;
}

async function order(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const bus = await scope.member(subject, { maxBatch: 7 });
  const names = ['ada', 'grace', 'linus'];
  const all = Array.from({ length: 25 }, (_, index) => names.map((name) => scope.message(name, index + 1))).flat();
  for (let start = 0; start < all.length; start += 30) await subject.publish(all.slice(start, start + 30));
  for (const name of names) await scope.until(subject, name, 25);
  for (const name of names) same(await scope.sequences(subject, name), numbers(1, 25), `order of ${name}`);
  await bus.stop();
}

async function redelivery(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const bus = await scope.member(subject);
  const first = [...scope.messages('ada', 1, 5), ...scope.messages('grace', 1, 5)];
  await subject.publish(first);
  await scope.until(subject, 'ada', 5);
  await scope.until(subject, 'grace', 5);
  await subject.publish(first);
  await subject.publish([...first.slice(3, 5), scope.message('ada', 6), ...first.slice(8), scope.message('grace', 6)]);
  await scope.until(subject, 'ada', 6);
  await scope.until(subject, 'grace', 6);
  for (const name of ['ada', 'grace']) same(await scope.sequences(subject, name), numbers(1, 6), `effects of ${name}`);
  await bus.stop();
}

async function groups(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const other = `${scope.group}-other`;
  const members = [await scope.member(subject), await scope.member(subject, { group: other })];
  await subject.publish(scope.messages('ada', 1, 3));
  await scope.until(subject, 'ada', 3);
  await scope.until(subject, 'ada', 3, other);
  same(await scope.sequences(subject, 'ada', other), [1, 2, 3], 'effects of the other group');
  await Promise.all(members.map((bus) => bus.stop()));
}

async function lagCounted(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const [topic, most] = [topics.decisions, 10_000];
  const other = await scope.member(subject, { group: `${scope.group}-other` });
  same(await other.lag(scope.group, topic, most), 0, 'behind of a group that never took a message');
  const reader = await scope.member(subject);
  await subject.publish(scope.messages('ada', 1, 3));
  await scope.until(subject, 'ada', 3);
  const lag = async (wanted: number): Promise<unknown> =>
    eventually(
      async () => {
        same(await other.lag(scope.group, topic, most), wanted, 'messages behind');
        return true;
      },
      { timeoutMs: subject.timeoutMs },
    );
  await lag(0);
  await reader.stop();
  await subject.publish(scope.messages('ada', 4, 10));
  await lag(7);
  same(await other.lag(scope.group, topic, 5), 5, 'behind, counted up to five');
  await other.stop();
}

async function outagesParkNothing(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  let failures = 0;
  const check = (): void => {
    failures += 1;
    if (failures <= 7)
      throw Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
    if (failures <= 14) throw new ConcurrencyConflict('another writer was first', { cause: { code: '40001' } });
    if (failures <= 17) throw new ConcurrencyConflict('another writer was first');
  };
  const bus = await scope.member(subject, { check });
  await subject.publish(scope.messages('ada', 1, 2));
  await scope.until(subject, 'ada', 2);
  same(await scope.sequences(subject, 'ada'), [1, 2], 'effects');
  same(await bus.parking.list(10, null), [], 'parked');
  await bus.stop();
}

async function stopsEarly(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  let reached = false;
  const check = (): void => {
    reached = true;
    throw Object.assign(new Error('the database is away'), { code: '57P03' });
  };
  const first = await scope.member(subject, { check });
  await subject.publish(scope.messages('ada', 1, 3));
  await eventually(() => reached, { timeoutMs: subject.timeoutMs });
  await first.stop();
  const second = await scope.member(subject);
  await subject.publish([scope.message('grace', 1)]);
  await scope.until(subject, 'grace', 1);
  await scope.until(subject, 'ada', 3);
  same(await scope.sequences(subject, 'ada'), [1, 2, 3], 'effects');
  await second.stop();
}

async function away(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const before = await scope.member(subject);
  await subject.publish(scope.messages('ada', 1, 3));
  await scope.until(subject, 'ada', 3);
  await before.stop();
  await subject.publish(scope.messages('ada', 4, 60));
  same(await scope.sequences(subject, 'ada'), [1, 2, 3], 'effects while away');
  const after = await scope.member(subject);
  await scope.until(subject, 'ada', 60);
  same(await scope.sequences(subject, 'ada'), numbers(1, 60), 'effects');
  await after.stop();
}

async function rebalance(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const names = numbers(1, 12).map((n) => `person${n}`);
  const publish = (from: number, to: number): Promise<void> =>
    subject.publish(numbers(from, to).flatMap((n) => names.map((name) => scope.message(name, n))));
  const first = await scope.member(subject, { maxBatch: 5 });
  await publish(1, 10);
  await scope.until(subject, 'person1', 1);
  const [second] = await Promise.all([scope.member(subject, { maxBatch: 5 }), publish(11, 20)]);
  await scope.until(subject, 'person1', 11);
  await Promise.all([first.stop(), publish(21, 30)]);
  for (const name of names) await scope.until(subject, name, 30);
  for (const name of names) same(await scope.sequences(subject, name), numbers(1, 30), `effects of ${name}`);
  await second.stop();
}

async function brokerOutage(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const bus = await scope.member(subject);
  await subject.publish(scope.messages('ada', 1, 3));
  await scope.until(subject, 'ada', 3);
  const comeBack = await subject.outage();
  // Like the relay: repeated, in order, until the broker has it.
  const publishing = untilPublished(subject, scope.messages('ada', 4, 6));
  await comeBack();
  await publishing;
  await untilPublished(subject, [scope.message('ada', 7)]);
  await scope.until(subject, 'ada', 7);
  same(await scope.sequences(subject, 'ada'), numbers(1, 7), 'effects');
  same(await bus.parking.list(10, null), [], 'parked');
  await bus.stop();
}

async function restated(subject: BusSubject): Promise<void> {
  const scope = new Scope(topics.desiredAccess);
  const ada = scope.messages('ada', 1, 5);
  const grace = scope.messages('grace', 1, 3);
  const pick = (from: readonly PublicMessage[], ...at: number[]): PublicMessage[] =>
    at.flatMap((n) => from[n - 1] ?? []);
  await subject.publish([...pick(ada, 1, 3, 2), ...pick(grace, 2)]);
  // The restatement, twice, followed by a late copy of an older state.
  await subject.publish([...pick(ada, 5, 5), ...pick(grace, 3)]);
  await subject.publish([...pick(ada, 4, 3), ...pick(grace, 1, 3, 2)]);
  const bus = await scope.member(subject, { maxBatch: 2 });
  await scope.until(subject, 'ada', 5);
  await scope.until(subject, 'grace', 3);
  await subject.publish([
    ...pick(ada, 4),
    ...pick(grace, 1),
    scope.message('end', 1),
    scope.message('ada', 6),
    scope.message('grace', 4),
  ]);
  for (const [name, last] of [
    ['ada', 6],
    ['grace', 4],
  ] as const) {
    await scope.until(subject, name, last);
    const sequences = await scope.sequences(subject, name);
    same(
      sequences,
      [...new Set(sequences)].sort((a, b) => a - b),
      `states of ${name} only ever get newer`,
    );
  }
  await bus.stop();
}

async function untilPublished(subject: BusSubject, messages: readonly PublicMessage[]): Promise<void> {
  await eventually(() => subject.publish(messages).then(() => true), { timeoutMs: subject.timeoutMs });
}
