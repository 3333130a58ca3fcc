import { topics } from '#libs/contracts/topics.js';
import { ConcurrencyConflict } from '#libs/event-store/conflict.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import type { EventBus, LinePlace, ParkedMessage } from './event-bus.port.js';
import { aMessage } from './message.fixtures.js';
import type { PublicMessage } from './message.js';
import { eventually } from '../../test/support/eventually.js';

/** What one handled message left behind, as stored by the commit that moved the inbox. */
export interface Effect {
  readonly id: string;
  readonly key: string;
  readonly source: string;
  readonly sequence: number;
}

export interface MemberOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Called for each message before its effect is staged; may throw or wait. */
  readonly check?: (message: PublicMessage) => void | Promise<void>;
  readonly maxBatch?: number;
  readonly types?: ReadonlySet<string>;
}

/** A bus under test; broken variants replace one of these. */
export interface BusSubject {
  /** Starts a member of the group with connections of its own, as another process would be. */
  readonly member: (options: MemberOptions) => Promise<EventBus>;
  readonly publish: (messages: readonly PublicMessage[]) => Promise<void>;
  /** In the order of the commits. */
  readonly effects: (group: string) => Promise<readonly Effect[]>;
  /** Stages what handling these messages leaves behind. */
  readonly stage: (work: Work, group: string, messages: readonly PublicMessage[]) => void;
  /** The transport goes away; calling the result brings it back. */
  readonly outage: () => Promise<() => Promise<void>>;
  readonly timeoutMs: number;
}

export interface BusPromise {
  readonly name: string;
  /** Rejects when the promise is broken. */
  readonly run: (subject: BusSubject) => Promise<void>;
}

/** What every transport promises, each by name, so that a broken one can be told by what it breaks. */
export function busPromises(): readonly BusPromise[] {
  return [
    { name: 'order holds per key', run: order },
    { name: 'redelivery changes nothing', run: redelivery },
    { name: 'every group gets every message', run: groups },
    { name: 'a poison message is parked with its key while the others flow, and can be replayed', run: poison },
    { name: 'a message of a type the consumer does not know waits for a version that does', run: unknownType },
    { name: 'a dismissed message lets those behind it go on', run: dismissed },
    { name: 'a dismissal holds together with what is staged beside it, once', run: dismissedOnce },
    { name: 'what is parked can be listed line by line and found by its id', run: listed },
    { name: 'a newer state supersedes a parked one', run: superseded },
    { name: 'outages and conflicts are repeated and park nothing', run: outagesParkNothing },
    { name: 'a member that stops before its effects are committed leaves the messages to the next', run: stopsEarly },
    { name: 'a consumer that was away catches up', run: away },
    { name: 'anybody can see how far a group is behind', run: behindCounted },
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

/** Keys, sources and groups of one run, so that runs share topics without meeting. */
class Scope {
  private readonly mark = uuidv7().slice(-12);
  readonly group = `group-${this.mark}`;
  constructor(private readonly topic: string = topics.decisions) {}

  key(name: string): string {
    return `${name}-${this.mark}`;
  }

  message(name: string, sequence: number): PublicMessage {
    return aMessage({ topic: this.topic, key: this.key(name), sequence });
  }

  messages(name: string, from: number, to: number): PublicMessage[] {
    return Array.from({ length: to - from + 1 }, (_, index) => this.message(name, from + index));
  }

  /** Starts a member; only messages of this run are checked. */
  async member(subject: BusSubject, options: Partial<MemberOptions> = {}): Promise<EventBus> {
    const { check } = options;
    const mine = (message: PublicMessage): void | Promise<void> => {
      if (message.key.endsWith(this.mark)) return check?.(message);
    };
    return await subject.member({ group: this.group, topics: [this.topic], ...options, check: mine });
  }

  async effects(subject: BusSubject, group = this.group): Promise<readonly Effect[]> {
    return (await subject.effects(group)).filter(({ key }) => key.endsWith(this.mark));
  }

  async sequences(subject: BusSubject, name: string, group = this.group): Promise<number[]> {
    return (await this.effects(subject, group))
      .filter(({ key }) => key === this.key(name))
      .map(({ sequence }) => sequence);
  }

  /** Waits until the group has so many lines parked, with so many messages behind their first ones; returns those. */
  async parked(subject: BusSubject, bus: EventBus, lines: number, waiting: number): Promise<readonly ParkedMessage[]> {
    return await eventually(
      async () => {
        const all = await bus.parked(100, null);
        const behind = all.reduce((sum, one) => sum + one.waiting, 0);
        if (all.length !== lines || behind !== waiting)
          throw new Error(`still ${all.length} lines parked and ${behind} messages behind them`);
        return all;
      },
      { timeoutMs: subject.timeoutMs },
    );
  }

  /** Waits until the last message of a key took effect; says what did instead when it never does. */
  async until(subject: BusSubject, name: string, sequence: number, group = this.group): Promise<void> {
    await eventually(
      async () => {
        const seen = await this.sequences(subject, name, group);
        if (!seen.includes(sequence)) throw new Error(`${name}: waiting for ${sequence}, got [${seen.join()}]`);
        return true;
      },
      { timeoutMs: subject.timeoutMs },
    );
  }
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

async function behindCounted(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  const [topic, most] = [topics.decisions, 10_000];
  const other = await scope.member(subject, { group: `${scope.group}-other` });
  same(await other.behind(scope.group, topic, most), 0, 'behind of a group that never took a message');
  const reader = await scope.member(subject);
  await subject.publish(scope.messages('ada', 1, 3));
  await scope.until(subject, 'ada', 3);
  const behind = async (wanted: number): Promise<unknown> =>
    eventually(
      async () => {
        same(await other.behind(scope.group, topic, most), wanted, 'messages behind');
        return true;
      },
      { timeoutMs: subject.timeoutMs },
    );
  await behind(0);
  await reader.stop();
  await subject.publish(scope.messages('ada', 4, 10));
  await behind(7);
  same(await other.behind(scope.group, topic, 5), 5, 'behind, counted up to five');
  await other.stop();
}

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
  same(await bus.replay(scope.group, id), { outcome: 'parked-again', stuck }, 'replay while it still fails');
  same(
    (await bus.parked(10, null)).map((p) => [p.poison, p.failures, p.waiting]),
    [[true, 6, 3]],
    'parked after a failed replay',
  );
  healed = true;
  same(await bus.replay(scope.group, id), { outcome: 'replayed', stuck: null }, 'replay');
  same(await bus.replay(scope.group, id), { outcome: 'unknown', stuck: null }, 'replay of what is gone');
  same(await bus.parked(10, null), [], 'parked after the replay');
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
  const reason = 'this version knows no hub.spec.thing.done.v2';
  same([parked?.reason, parked?.failures], [reason, 1], 'parked');
  same(
    await old.replay(scope.group, newer.id),
    { outcome: 'parked-again', stuck: { id: newer.id, reason } },
    'replay by the version that does not know it',
  );
  await old.stop();
  const upgraded = await scope.member(subject, { types: new Set([known, newer.type]) });
  same(
    await upgraded.replay(scope.group, newer.id),
    { outcome: 'replayed', stuck: null },
    'replay by the version that knows it',
  );
  same(await scope.sequences(subject, 'ada'), [1, 2, 3], 'effects');
  await upgraded.stop();
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
  same(await bus.dismiss(scope.group, first?.id ?? ''), { outcome: 'dismissed', stuck }, 'dismissal');
  same(await scope.sequences(subject, 'ada'), [2, 3], 'effects up to the next that fails');
  same(await bus.dismiss(scope.group, first?.id ?? ''), { outcome: 'unknown', stuck: null }, 'second dismissal');
  const [next] = await scope.parked(subject, bus, 1, 1);
  same(await bus.dismiss(scope.group, next?.id ?? ''), { outcome: 'dismissed', stuck: null }, 'next dismissal');
  same(await scope.sequences(subject, 'ada'), [2, 3, 5], 'effects');
  same(await bus.parked(10, null), [], 'parked');
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
      bus.dismiss(scope.group, parked?.id ?? '', (work) => subject.stage(work, scope.group, [note])),
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
  let after: LinePlace | null = null;
  do {
    const page: readonly ParkedMessage[] = await bus.parked(1, after);
    pages.push(page);
    after = page.at(-1) ?? null;
  } while (after !== null);
  same(
    pages.map((page) => page.map(({ key, sequence, waiting }) => [key, sequence, waiting])),
    [[[scope.key('ada'), 2, 2]], [[scope.key('grace'), 2, 2]], []],
    'pages',
  );
  const [, , third] = messages;
  const [found, ...others] = await bus.findParked(third?.id ?? '');
  same(others, [], 'found elsewhere');
  same(
    [found?.group, found?.topic, found?.key, found?.line, found?.type, found?.source, found?.sequence, found?.epoch],
    [scope.group, third?.topic, third?.key, third?.key, third?.type, third?.source, 3, 1],
    'found',
  );
  same([found?.poison, found?.failures, found?.waiting], [false, 0, 1], 'found');
  same(await bus.findParked(messages[0]?.id ?? ''), [], 'a message that was handled');
  same(await bus.findParked(uuidv7()), [], 'a message nobody knows');
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
  same(await bus.parked(10, null), [], 'parked');
  same(await scope.sequences(subject, 'ada'), [1, 3], 'effects');
  await bus.stop();
}

async function outagesParkNothing(subject: BusSubject): Promise<void> {
  const scope = new Scope();
  let failures = 0;
  const check = (): void => {
    failures += 1;
    if (failures <= 7)
      throw Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
    if (failures <= 14) throw new ConcurrencyConflict('someone else was first', { cause: { code: '40001' } });
    if (failures <= 17) throw new ConcurrencyConflict('someone else was first');
  };
  const bus = await scope.member(subject, { check });
  await subject.publish(scope.messages('ada', 1, 2));
  await scope.until(subject, 'ada', 2);
  same(await scope.sequences(subject, 'ada'), [1, 2], 'effects');
  same(await bus.parked(10, null), [], 'parked');
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
  // As the relay does: again and again, in order, until the broker has it.
  const publishing = untilPublished(subject, scope.messages('ada', 4, 6));
  await comeBack();
  await publishing;
  await untilPublished(subject, [scope.message('ada', 7)]);
  await scope.until(subject, 'ada', 7);
  same(await scope.sequences(subject, 'ada'), numbers(1, 7), 'effects');
  same(await bus.parked(10, null), [], 'parked');
  await bus.stop();
}

async function restated(subject: BusSubject): Promise<void> {
  const scope = new Scope(topics.desiredAccess);
  const ada = scope.messages('ada', 1, 5);
  const grace = scope.messages('grace', 1, 3);
  const pick = (from: readonly PublicMessage[], ...at: number[]): PublicMessage[] =>
    at.flatMap((n) => from[n - 1] ?? []);
  await subject.publish([...pick(ada, 1, 3, 2), ...pick(grace, 2)]);
  // The restatement, twice, and a late copy of an older state behind it.
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

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}: expected ${e}, got ${a}`);
}
