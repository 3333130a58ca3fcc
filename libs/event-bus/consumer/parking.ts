import { ConcurrencyConflict, isOutage } from '#libs/event-store/conflict.js';
import type { Work } from '#libs/event-store/work.js';
import type { ConsumerState, Line, LineEntry } from './consumer-state.js';
import type {
  ParkedCursor,
  ParkedMessage,
  ParkedMessageStore,
  Released,
  StillFailing,
  Subscription,
} from '../event-bus.port.js';
import type { Subscriptions } from './subscriptions.js';
import { unusable } from './triage.js';

/** How many messages of a line are handled at once. */
const chunk = 200;
/** How often a replay starts again because a consumer parked more messages. */
const maxRounds = 50;

/**
 * Handles a parked line, oldest message first. The length of the line works as a lock: a message that arrives in the
 * meantime can only be added to the line. Then one of the two commits fails and reads again.
 */
export class Parking implements ParkedMessageStore {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly state: ConsumerState,
    private readonly work: () => Work,
  ) {}

  list(limit: number, after: ParkedCursor | null): Promise<readonly ParkedMessage[]> {
    return this.state.parked(this.subscriptions.groups(), limit, after);
  }

  find(messageId: string): Promise<readonly ParkedMessage[]> {
    return this.state.find(this.subscriptions.groups(), messageId);
  }

  async replay(group: string, id: string): Promise<Released<'replayed' | 'parked-again' | 'unknown'>> {
    const subscription = this.subscriptions.get(group);
    const name = await this.state.lineOf(group, id);
    if (name === null) return { outcome: 'unknown', stuck: null };
    let conflicts = 0;
    for (;;) {
      const line = await this.state.line(group, name, chunk);
      if (line === null) return { outcome: 'replayed', stuck: null };
      const outcome = await this.tryLine(subscription, line);
      if (typeof outcome === 'object') {
        const stays = (await this.state.lineOf(group, id)) !== null;
        return { outcome: stays ? 'parked-again' : 'replayed', stuck: outcome };
      }
      if (outcome === 'conflict') conflicts += 1;
      if (conflicts > maxRounds) throw new ConcurrencyConflict('new messages keep arriving: replay again');
    }
  }

  /** The messages that waited for a dismissed one continue. */
  async dismiss(group: string, id: string, also?: (work: Work) => void): Promise<Released<'dismissed' | 'unknown'>> {
    for (let attempt = 0; ; attempt += 1) {
      const name = await this.state.lineOf(group, id);
      const line = name === null ? null : await this.state.line(group, name, chunk);
      if (line === null) return { outcome: 'unknown', stuck: null };
      const work = this.work();
      this.state.leave(work, group, line, [id]);
      also?.(work);
      if (!(await isCommitted(work, attempt < maxRounds))) continue;
      const [head, second] = line.entries;
      const goesOn = head?.id === id && second !== undefined;
      return { outcome: 'dismissed', stuck: goesOn ? await this.continueAfter(group, second.id) : null };
    }
  }

  /** The dismissal is valid even if the rest of the line cannot continue. */
  private async continueAfter(group: string, id: string): Promise<StillFailing | null> {
    try {
      return (await this.replay(group, id)).stuck;
    } catch (error) {
      return { id, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** The whole line at once; if that fails, its first message alone. */
  private async tryLine(subscription: Subscription, line: Line): Promise<'moved' | 'conflict' | StillFailing> {
    const whole = await this.tryEntries(subscription, line, line.entries);
    if (!(whole instanceof Error)) return whole;
    const [head] = line.entries;
    if (head === undefined) return 'conflict';
    const first = line.entries.length === 1 ? whole : await this.tryEntries(subscription, line, [head]);
    if (!(first instanceof Error)) return first;
    const replaced = await this.trySubstitute(subscription, line, head, first.message);
    if (!(replaced instanceof Error)) return replaced;
    await this.state.recordFailure(subscription.group, line, head.id, first.message);
    return { id: head.id, reason: first.message };
  }

  private async tryEntries(
    subscription: Subscription,
    line: Line,
    entries: readonly LineEntry[],
  ): Promise<'moved' | 'conflict' | Error> {
    const messages = entries.map(({ message }) => message);
    for (const message of messages) {
      const reason = unusable(message, subscription);
      if (reason !== null) return new Error(reason);
    }
    return await this.move(subscription, line, entries, (work) => subscription.handle(messages, work));
  }

  /** The substitute of the first message, for a consumer with substitutes. */
  private async trySubstitute(
    subscription: Subscription,
    line: Line,
    head: LineEntry,
    reason: string,
  ): Promise<'moved' | 'conflict' | Error> {
    if (subscription.substitute === undefined) return new Error(reason);
    return await this.move(subscription, line, [head], async (work) => {
      await subscription.substitute?.(head.message, reason, work);
    });
  }

  /** These entries leave the line together with what `handle` stages. */
  private async move(
    { group }: Subscription,
    line: Line,
    entries: readonly LineEntry[],
    handle: (work: Work) => Promise<void>,
  ): Promise<'moved' | 'conflict' | Error> {
    const work = this.work();
    try {
      await handle(work);
      this.state.leave(
        work,
        group,
        line,
        entries.map(({ id }) => id),
      );
      await work.commit();
      return 'moved';
    } catch (error) {
      if (isOutage(error)) throw error;
      if (error instanceof ConcurrencyConflict) return 'conflict';
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** False when somebody else wrote first, and it may be tried again. */
async function isCommitted(work: Work, again: boolean): Promise<boolean> {
  try {
    await work.commit();
    return true;
  } catch (error) {
    if (error instanceof ConcurrencyConflict && again) return false;
    throw error;
  }
}
