import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import type { EventBus, ParkedMessage, Subscription } from './event-bus.port.js';
import { aMessage } from './message.fixtures.js';
import type { PublicMessage } from './message.js';
import { eventually } from '../../test/support/eventually.js';

/** The effect of one handled message, stored by the commit that moved the inbox. */
export interface Effect {
  readonly id: string;
  readonly topic: string;
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
  readonly inbox?: Subscription['inbox'];
  /** Stages the effect of what stands in for a message; may throw. */
  readonly substitute?: (message: PublicMessage, reason: string) => PublicMessage;
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

/** What a member of the suite subscribes; `stage` leaves the effects of a batch. */
export function subscriptionOf(
  { check, maxBatch, types, inbox, substitute, ...subscribed }: MemberOptions,
  stage: BusSubject['stage'],
): Subscription {
  return {
    ...subscribed,
    ...(maxBatch === undefined ? {} : { maxBatch }),
    ...(types === undefined ? {} : { types }),
    ...(inbox === undefined ? {} : { inbox }),
    ...(substitute === undefined ? {} : { substitute: substitution(substitute, subscribed.group, stage) }),
    handle: async (batch, work) => {
      for (const message of batch) await check?.(message);
      stage(work, subscribed.group, batch);
    },
  };
}

function substitution(
  substitute: NonNullable<MemberOptions['substitute']>,
  group: string,
  stage: BusSubject['stage'],
): NonNullable<Subscription['substitute']> {
  return (message, reason, work) => {
    stage(work, group, [substitute(message, reason)]);
    return Promise.resolve();
  };
}

/** Keys, sources and groups of one run, so that runs share topics without meeting. */
export class Scope {
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

  /** Starts a member; only messages of this run are checked and substituted. */
  async member(subject: BusSubject, options: Partial<MemberOptions> = {}): Promise<EventBus> {
    const { check, substitute } = options;
    const mine = (message: PublicMessage): void | Promise<void> => {
      if (message.key.endsWith(this.mark)) return check?.(message);
    };
    const standIn = (message: PublicMessage, reason: string): PublicMessage =>
      message.key.endsWith(this.mark) ? (substitute?.(message, reason) ?? message) : message;
    return await subject.member({
      group: this.group,
      topics: [this.topic],
      ...options,
      check: mine,
      ...(substitute === undefined ? {} : { substitute: standIn }),
    });
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
        const all = await bus.parking.list(100, null);
        const lag = all.reduce((sum, one) => sum + one.waiting, 0);
        if (all.length !== lines || lag !== waiting)
          throw new Error(`still ${all.length} lines parked and ${lag} messages behind them`);
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

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}: expected ${e}, got ${a}`);
}
