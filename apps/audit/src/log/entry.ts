import { hasShape } from '#libs/event-store/core.js';
import { contractOf } from '#libs/contracts/registry.js';
import { splitPersonal } from '#libs/contracts/split-personal.js';
import { undecodable } from '#libs/event-bus/cloud-event.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { isUuid } from '#libs/event-store/ids.js';
import type { LeafPart } from '#libs/merkle-log/leaf.js';
import { storableBody, storableSequence, storableText, storableTime, type NotStored } from './storable.js';

/** The public fields of an entry, as in its leaf. No personal data. */
export interface PublicEntry {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** When it happened, and when the log recorded it. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly application?: string;
  /** What the contract of the type does not mark as personal. */
  readonly data: object;
  /** The parts of the message that could not be stored unchanged; absent if there are none. */
  readonly notKept?: readonly NotStored[];
}

/** Is this the hashed text of an entry, as an object? */
export const isEntry = hasShape<PublicEntry>({
  id: 'text',
  type: 'text',
  source: 'text',
  subject: 'text',
  epoch: 'number',
  sequence: 'number',
  actor: 'text',
  correlationId: 'text',
  causationId: 'any',
  occurredAt: 'text',
  recordedAt: 'text',
  data: 'object',
});

export interface Entry {
  readonly public: PublicEntry;
  readonly parts: readonly LeafPart[];
  /** The identity by which it is found. */
  readonly identity: string | null;
}

/** The entry of a message. Every message has an entry: `notKept` names the parts that cannot be stored. */
export function entryOf(message: PublicMessage, recordedAt: string): Entry {
  const notStored = new Notes(message.type);
  const envelope = envelopeOf(message, recordedAt, notStored);
  if (contractOf(message.type) === undefined) notStored.note('', 'the type is unknown: its body is left out');
  const { public: data, parts, unowned } = splitPersonal(message.type, storableBody(message.body, notStored.note));
  const told = message.application ?? textIn(data, 'application');
  const application = told === null ? {} : { application: storableText('application', told, notStored.note) };
  const kept = parts.filter(({ subject }) => isUuid(subject));
  const strangers = parts.filter(({ subject }) => !isUuid(subject)).flatMap(({ fields }) => Object.keys(fields));
  for (const name of [...unowned, ...strangers])
    notStored.note(`/${name}`, 'names a person without a UUID: it is left out');
  return {
    public: { ...envelope, ...application, data, ...notStored.fields() },
    parts: kept,
    identity: identityIn(data),
  };
}

/**
 * The entry of a message that could not be handled: without its body.
 * @param reason why; stored only if it quotes nothing
 */
export function bareEntryOf(message: PublicMessage, reason: string, recordedAt: string): Entry {
  const notStored = new Notes(message.type);
  const envelope = envelopeOf(message, recordedAt, notStored);
  notStored.note('', message.type === undecodable ? reason : 'the log failed to store the message');
  return { public: { ...envelope, data: {}, ...notStored.fields() }, parts: [], identity: null };
}

/** The person whom an entry is about: the identity, the beneficiary of a request, or HR's person. */
export function identityIn(data: object): string | null {
  const found = textIn(data, 'identity') ?? textIn(data, 'beneficiary') ?? textIn(data, 'person');
  return found !== null && isUuid(found) ? found.toLowerCase() : null;
}

/** Each field once. A name that the contract does not know is left out, because it may be personal. */
class Notes {
  private readonly byField = new Map<string, NotStored>();

  constructor(private readonly type: string) {}

  readonly note = (field: string, reason: string): void => {
    const known =
      !field.startsWith('/') || Object.hasOwn(contractOf(this.type)?.schema.properties ?? {}, field.slice(1));
    const name = known ? field : '/…';
    if (!this.byField.has(name)) this.byField.set(name, { field: name, reason });
  };

  fields(): { readonly notKept?: readonly NotStored[] } {
    return this.byField.size === 0 ? {} : { notKept: [...this.byField.values()] };
  }
}

function envelopeOf(message: PublicMessage, recordedAt: string, { note }: Notes): Omit<PublicEntry, 'data'> {
  const text = (field: 'type' | 'source' | 'subject' | 'actor'): string => storableText(field, message[field], note);
  return {
    id: message.id,
    type: text('type'),
    source: text('source'),
    subject: text('subject'),
    epoch: message.epoch,
    sequence: storableSequence(message.sequence, note),
    actor: text('actor'),
    correlationId: message.correlationId,
    causationId: message.causationId,
    occurredAt: storableTime(message.time, recordedAt, note),
    recordedAt,
  };
}

function textIn(data: object, name: string): string | null {
  const value = (data as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : null;
}
