import { Injectable } from '@nestjs/common';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { publishedDesiredAccess } from './desired-access.published.js';
import { desiredAccessRows } from './desired-access-rows.projection.js';
import type { DesiredAccessEvent } from './desired-access.events.js';
import { desiredAccess, isDesiredAccess, type DesiredAccess } from './desired-access.js';

/** The facts of what each identity should have in each application. */
@Injectable()
export class DesiredAccesses extends EventStream<DesiredAccess, DesiredAccessEvent> {
  constructor(store: EventStore) {
    super(store, {
      category: 'desired',
      fold: desiredAccess,
      isState: isDesiredAccess,
      readModels: [desiredAccessRows],
    });
  }

  static idOf(identityId: string, application: string): string {
    return `${identityId}.${application}`;
  }

  /** The newest public messages of these streams, by id. */
  async messagesOf(ids: readonly string[]): Promise<Map<string, PublicMessage>> {
    const whole = await this.whole(ids);
    return new Map(whole.flatMap(({ id, facts }) => newestMessage(facts).map((message) => [id, message])));
  }

  /** Messages as rows hold them, or as their streams say where a row is of another fold. */
  async messagesOfRows<Row extends MessageRow>(rows: readonly Row[]): Promise<Row[]> {
    const idOf = (row: Row): string => DesiredAccesses.idOf(row.identity_id, row.application);
    const doubted = rows.filter(({ fold, message }) => !this.isCurrent({ fold, state: bodyOf(message) }));
    if (doubted.length === 0) return [...rows];
    const messages = await this.messagesOf(doubted.map(idOf));
    return rows.map((row) => ({ ...row, message: messages.get(idOf(row)) ?? row.message }));
  }

  /** The id of the fact that is a version of a stream; null where there is none. */
  async factAt(id: string, version: number): Promise<string | null> {
    const [change] = await this.whole([id]);
    return change?.facts[version - 1]?.id ?? null;
  }

  /** The epoch its next facts will be recorded under. */
  get epoch(): number {
    return this.store.epoch;
  }
}

/** A row of table `desired_access`. */
export interface MessageRow {
  readonly identity_id: string;
  readonly application: string;
  readonly fold: number;
  readonly message: PublicMessage;
}

function newestMessage(facts: readonly RecordedFact<DesiredAccessEvent>[]): PublicMessage[] {
  const last = facts.at(-1);
  return last === undefined ? [] : publishedDesiredAccess(last).slice(0, 1);
}

const bodyOf = (message: unknown): unknown =>
  typeof message === 'object' && message !== null && 'body' in message ? message.body : null;
