import { splitPersonal } from '#libs/contracts/split-personal.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { isUuid } from '#libs/event-store/ids.js';
import type { LeafPart } from '#libs/merkle-log/leaf.js';

/** The public fields of an entry, as its leaf holds them. Nothing personal. */
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
  /** When it happened, and when the log came to know. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly application?: string;
  /** What the contract of the type does not mark as personal. */
  readonly data: object;
}

export interface Entry {
  readonly public: PublicEntry;
  readonly parts: readonly LeafPart[];
  /** What an entry can be found by. */
  readonly identity: string | null;
  readonly application: string | null;
}

/** The entry of a message. */
export function entryOf(message: PublicMessage, recordedAt: string): Entry {
  const { id, type, source, subject, epoch, sequence, actor, correlationId, causationId, time, body } = message;
  const { public: data, parts } = splitPersonal(type, body);
  const application = message.application ?? textIn(data, 'application');
  return {
    public: {
      id,
      type,
      source,
      subject,
      epoch,
      sequence,
      actor,
      correlationId,
      causationId,
      occurredAt: new Date(time).toISOString(),
      recordedAt,
      ...(application === null ? {} : { application }),
      data,
    },
    parts,
    identity: identityIn(data),
    application,
  };
}

/** Whom it concerns: governance's identity, the beneficiary of a request, or the person HR speaks of. */
function identityIn(data: object): string | null {
  const found = textIn(data, 'identity') ?? textIn(data, 'beneficiary') ?? textIn(data, 'person');
  return found !== null && isUuid(found) ? found : null;
}

function textIn(data: object, name: string): string | null {
  const value = (data as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : null;
}
