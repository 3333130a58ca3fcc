import type { Work } from '#libs/event-store/work.js';
import {
  ConsumerState,
  nameIn,
  type InboxState,
  type Line,
  type LineChange,
  type LineName,
  type Move,
  type Progress,
  type ToPark,
} from '../consumer/consumer-state.js';
import type { ParkedCursor, ParkedMessage } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';

interface Parked extends ToPark {
  readonly line: string;
}

/** The part of a work in memory that this state needs. */
interface Staging {
  stage(apply: () => void, holds?: () => boolean): void;
}

interface Kept {
  readonly progress: Map<string, Progress>;
  /** In the order of parking. */
  parked: Parked[];
}

/** Inbox and parked messages in memory, with the same conditions as those in PostgreSQL. */
export class MemoryConsumerState extends ConsumerState {
  private readonly consumers = new Map<string, Kept>();

  override look(consumer: string, messages: readonly PublicMessage[], lines: readonly LineName[]): Promise<InboxState> {
    const kept = this.of(consumer);
    const progress = new Map<string, Progress>();
    for (const { topic, source } of messages) {
      const found = kept.progress.get(nameIn(topic, source));
      if (found !== undefined) progress.set(nameIn(topic, source), found);
    }
    const lengths = new Map(
      lines.map(({ topic, line }) => [nameIn(topic, line), this.lengthOf(consumer, topic, line)]),
    );
    return Promise.resolve({ progress, lines: lengths, parked: new Set(kept.parked.map((p) => p.message.id)) });
  }

  override advance(work: Work, consumer: string, moves: readonly Move[]): void {
    const { progress } = this.of(consumer);
    for (const { topic, source, from, to } of moves) {
      const name = nameIn(topic, source);
      const same = (): boolean => {
        const now = progress.get(name);
        return from === null ? now === undefined : now?.epoch === from.epoch && now.sequence === from.sequence;
      };
      staging(work).stage(() => progress.set(name, to), same);
    }
  }

  override park(work: Work, consumer: string, changes: readonly LineChange[]): void {
    const kept = this.of(consumer);
    for (const { topic, line, from, supersede, add } of changes) {
      staging(work).stage(
        () => {
          if (supersede) kept.parked = kept.parked.filter((p) => p.message.topic !== topic || p.line !== line);
          kept.parked.push(...add.map((parked) => ({ ...parked, line })));
        },
        () => this.lengthOf(consumer, topic, line) === from,
      );
    }
  }

  override parked(
    consumers: readonly string[],
    limit: number,
    after: ParkedCursor | null,
  ): Promise<readonly ParkedMessage[]> {
    const heads = consumers
      .flatMap((consumer) => this.shown(consumer))
      .filter((one, index, all) => all.findIndex((other) => placeOf(other) === placeOf(one)) === index)
      .filter((one) => after === null || placeOf(one) > placeOf(after))
      .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    return Promise.resolve(heads.slice(0, limit));
  }

  override find(consumers: readonly string[], id: string): Promise<readonly ParkedMessage[]> {
    return Promise.resolve(consumers.flatMap((consumer) => this.shown(consumer)).filter((p) => p.id === id));
  }

  override lineOf(consumer: string, id: string): Promise<LineName | null> {
    const found = this.of(consumer).parked.find((p) => p.message.id === id);
    return Promise.resolve(found === undefined ? null : { topic: found.message.topic, line: found.line });
  }

  override line(consumer: string, { topic, line }: LineName, limit: number): Promise<Line | null> {
    const all = this.inLine(consumer, topic, line).map(({ message }) => ({ id: message.id, message }));
    return Promise.resolve(all.length === 0 ? null : { topic, line, length: all.length, entries: all.slice(0, limit) });
  }

  override leave(work: Work, consumer: string, { topic, line, length }: Line, ids: readonly string[]): void {
    const kept = this.of(consumer);
    staging(work).stage(
      () => (kept.parked = kept.parked.filter((p) => !ids.includes(p.message.id))),
      () =>
        this.lengthOf(consumer, topic, line) === length &&
        ids.every((id) => kept.parked.some((p) => p.message.id === id)),
    );
  }

  override recordFailure(consumer: string, line: LineName, id: string, reason: string): Promise<void> {
    const kept = this.of(consumer);
    kept.parked = kept.parked.map((p) => {
      if (p.message.id === id) return { ...p, poison: true, reason, failures: p.failures + 1 };
      return p.message.topic === line.topic && p.line === line.line ? { ...p, poison: false } : p;
    });
    return Promise.resolve();
  }

  override prune(): Promise<void> {
    return Promise.resolve();
  }

  private shown(consumer: string): ParkedMessage[] {
    return this.of(consumer).parked.map(({ message, line, poison, reason, failures }) => {
      const { id, topic, key, type, source, sequence, epoch } = message;
      const all = this.inLine(consumer, topic, line);
      const waiting = all.length - 1 - all.findIndex((p) => p.message.id === id);
      const parkedAt = '1970-01-01T00:00:00.000Z';
      const from = { id, topic, key, type, source, sequence, epoch };
      return { ...from, group: consumer, line, reason, failures, parkedAt, poison, waiting };
    });
  }

  private inLine(consumer: string, topic: string, line: string): Parked[] {
    return this.of(consumer).parked.filter((p) => p.message.topic === topic && p.line === line);
  }

  private lengthOf(consumer: string, topic: string, line: string): number {
    return this.inLine(consumer, topic, line).length;
  }

  private of(consumer: string): Kept {
    const kept = this.consumers.get(consumer) ?? { progress: new Map<string, Progress>(), parked: [] };
    this.consumers.set(consumer, kept);
    return kept;
  }
}

const placeOf = ({ group, topic, line }: ParkedCursor): string => `${group}\n${topic}\n${line}`;

function staging(work: Work): Staging {
  if ('stage' in work && typeof work.stage === 'function') return work as unknown as Staging;
  throw new Error('the bus in memory takes works in memory only');
}
