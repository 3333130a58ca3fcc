import { bodyFault } from '#libs/contracts/body-fault.js';
import { stateCarried } from '#libs/contracts/topics.js';
import {
  isAfter,
  nameIn,
  type InboxState,
  type LineChange,
  type Move,
  type Progress,
  type ToPark,
} from './consumer-state.js';
import type { Subscription } from '../event-bus.port.js';
import { notTheOwner } from '../trust.js';
import { undecodable } from '../cloud-event.js';
import type { PublicMessage } from '../message.js';

export interface Triage {
  /** To be handled, in order. */
  readonly fresh: readonly PublicMessage[];
  readonly moves: readonly Move[];
  readonly lines: readonly LineChange[];
}

const waitsForEarlier = 'waits for an earlier message of its key';

const carriesState = new Set<string>(stateCarried);

/** The line of a message when an earlier one is parked: its key, or on state-carried topics its source. */
export const lineOf = (message: PublicMessage): string =>
  carriesState.has(message.topic) ? message.source : message.key;

/** Why this message cannot be handled; null if it can. */
export function unusable(
  message: PublicMessage,
  { types, trusts }: Pick<Subscription, 'types' | 'trusts'>,
): string | null {
  const { type, body } = message;
  if (type === undecodable) return (body as { reason: string }).reason;
  if (trusts?.(message) === false) return notTheOwner(message);
  if (types === undefined) return null;
  if (!types.has(type)) return `this version does not know ${type}`;
  const fault = bodyFault(type, body);
  return fault === null ? null : `it is not as the contract of its type says: ${fault}`;
}

/**
 * Sorts a batch: known messages are dropped. A message after a parked one of its key waits for it; on state-carried
 * topics it replaces the parked one, unless the consumer keeps every event.
 */
export function triage(batch: readonly PublicMessage[], glance: InboxState, inbox: 'sequence' | 'none'): Triage {
  const fresh: PublicMessage[] = [];
  const moves = new Map<string, Move>();
  const lines = new Map<string, LineChange & { add: ToPark[] }>();
  for (const message of batch) {
    if (glance.parked.has(message.id)) continue;
    if (inbox === 'sequence' && !advance(message, glance, moves)) continue;
    const line = lineOf(message);
    const name = nameIn(message.topic, line);
    const length = glance.lines.get(name) ?? 0;
    if (length === 0) {
      fresh.push(message);
      continue;
    }
    const change = lines.get(name) ?? {
      topic: message.topic,
      line,
      from: length,
      supersede: inbox === 'sequence' && carriesState.has(message.topic),
      add: [],
    };
    lines.set(name, change);
    if (change.supersede) fresh.push(message);
    else change.add.push({ message, poison: false, reason: waitsForEarlier, failures: 0 });
  }
  return { fresh, moves: [...moves.values()], lines: [...lines.values()] };
}

/**
 * A message that finally failed is removed from the fresh ones and becomes the first of a line, or replaces the parked
 * one of its source.
 */
export function markPoison(sorted: Triage, message: PublicMessage, reason: string, failures: number): Triage {
  const name = lineOf(message);
  const line = sorted.lines.find((l) => l.topic === message.topic && l.line === name);
  const change: LineChange = {
    topic: message.topic,
    line: name,
    from: line?.from ?? 0,
    supersede: line?.supersede ?? false,
    add: [{ message, poison: true, reason, failures }],
  };
  return {
    fresh: sorted.fresh.filter(({ id }) => id !== message.id),
    moves: sorted.moves,
    lines: [...sorted.lines.filter((l) => l !== line), change],
  };
}

/** Notes the position of the message in its stream; false if the stream was at this position or a later one already. */
function advance(message: PublicMessage, glance: InboxState, moves: Map<string, Move>): boolean {
  const name = nameIn(message.topic, message.source);
  const from = glance.progress.get(name) ?? null;
  const reached: Progress | null = moves.get(name)?.to ?? from;
  if (reached !== null && !isAfter(message, reached)) return false;
  const to = { epoch: message.epoch, sequence: message.sequence };
  moves.set(name, { topic: message.topic, source: message.source, from, to });
  return true;
}
