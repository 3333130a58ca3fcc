import { fromHeaders, type EventHeaders, type KafkaPosition } from '../cloud-event.js';
import type { PublicMessage } from '../message.js';

/** A message as it is stored. */
export interface StoredMessage {
  readonly topic: string;
  readonly key: string;
  readonly headers: EventHeaders;
  readonly body: string;
}

interface Held extends StoredMessage {
  /** As readers take it; made for the first of them. */
  message?: PublicMessage;
}

/** Of one topic: positions only rise from statement to statement, nearly in the order in which readers take them. */
interface Known {
  readonly newest: number;
  /** The highest position that was let go. */
  readonly letGo: number;
}

const nothing: Known = { newest: 0, letGo: 0 };
/** Most messages, and most characters of their bodies. */
const most = { messages: 8_000, characters: 8_000_000 };

/**
 * The messages that this process stored last, shared by its services: their readers find them here instead of reading and
 * parsing each of them from the database once more. Which messages a reader takes, and in which order, the database alone
 * says; this knows their content, which never changes.
 */
export class RecentMessages {
  /** By position, oldest first. */
  private readonly held = new Map<string, Held>();
  private readonly topics = new Map<string, Known>();
  private characters = 0;

  constructor(private readonly limits = most) {}

  /** @param positions where the database has put them, in the same order */
  keep(messages: readonly StoredMessage[], positions: readonly string[]): void {
    messages.forEach((message, index) => {
      const position = positions[index];
      if (position === undefined) return;
      const { newest, letGo } = this.topics.get(message.topic) ?? nothing;
      this.topics.set(message.topic, { newest: Math.max(newest, Number(position)), letGo });
      this.held.set(position, { ...message });
      this.characters += message.body.length;
    });
    for (const [position, { topic, body }] of this.held) {
      if (this.held.size <= this.limits.messages && this.characters <= this.limits.characters) return;
      this.held.delete(position);
      this.characters -= body.length;
      const { newest, letGo } = this.topics.get(topic) ?? nothing;
      this.topics.set(topic, { newest, letGo: Math.max(letGo, Number(position)) });
    }
  }

  /** May a reader at these places expect to find here what comes next? */
  covers(places: readonly { readonly topic: string; readonly position: string }[]): boolean {
    const known = places.map(({ topic, position }) => ({
      at: Number(position),
      ...(this.topics.get(topic) ?? nothing),
    }));
    return known.some(({ at, newest }) => newest > at) && known.every(({ at, letGo }) => at >= letGo);
  }

  /** Undefined for one that this process did not store, or let go. @param at as its reader names it */
  find(position: string, at: Omit<KafkaPosition, 'key'>): PublicMessage | undefined {
    const held = this.held.get(position);
    if (held === undefined) return undefined;
    return (held.message ??= fromHeaders({ ...at, key: held.key }, held.headers, held.body));
  }
}
