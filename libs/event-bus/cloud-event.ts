import { hasShape, isObject, objectIn, parsed } from '#libs/event-store/core.js';
import { isUuid } from '#libs/event-store/ids.js';
import { traceparentOf } from '#libs/system/traceparent.js';
import { cutText } from '#libs/text/text.js';
import type { PublicMessage } from './message.js';

/** Headers of CloudEvents 1.0 in Kafka binary mode, with the hub's extensions. */
export type EventHeaders = Readonly<Record<string, string>>;

export function toHeaders(message: PublicMessage): EventHeaders {
  const traceparent = traceparentOf(message.correlationId, message.id);
  return {
    ce_specversion: '1.0',
    ...ownHeaders(message),
    // The CloudEvents extension for distributed tracing.
    ...(traceparent === null ? {} : { ce_traceparent: traceparent }),
    'content-type': 'application/json',
  };
}

/** Those that say something of this message: the others follow from these, or never differ. The Postgres transport stores them. */
export function ownHeaders(message: PublicMessage): EventHeaders {
  return {
    ce_id: message.id,
    ce_source: message.source,
    ce_type: message.type,
    ce_subject: message.subject,
    ce_time: message.time,
    ce_actor: message.actor,
    ce_correlationid: message.correlationId,
    ...(message.causationId === null ? {} : { ce_causationid: message.causationId }),
    ce_sequence: String(message.sequence),
    ce_epoch: String(message.epoch),
    ...(message.bulk === true ? { ce_bulk: 'true' } : {}),
    ...(message.urgent === true ? { ce_urgent: 'true' } : {}),
    ...(message.resumption === undefined ? {} : { ce_resumption: message.resumption }),
    ...(message.application === undefined ? {} : { ce_application: message.application }),
  };
}

/** The position of a message, in case it cannot be read. */
export interface KafkaPosition {
  readonly topic: string;
  readonly key: string;
  /** The name of its log, and its position there. */
  readonly log: string;
  readonly place: number;
  /** Id of a message that has none of its own. Few need it, and it takes a hash. */
  readonly fallbackId: () => string;
}

/** Type of a message that could not be read; its body says why. It is parked at once. */
export const undecodable = 'hub.bus.undecodable';

/** Longest key and source, in characters: they are looked up by index, which takes no more than 2,700 bytes. */
const longestName = 512;
/** Largest epoch the inbox can hold: int4. */
const largestEpoch = 2 ** 31 - 1;

/**
 * Reads a message from headers and body. A message that cannot be read, or that the inbox cannot store, gets the type
 * {@link undecodable}: other programs may write to a topic, and nothing there may stop a consumer.
 */
export function fromHeaders(at: KafkaPosition, headers: EventHeaders, body: string): PublicMessage {
  try {
    return decoded(at, headers, body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const id = at.fallbackId();
    return {
      topic: at.topic,
      key: cutText(at.key.replaceAll('\0', '\ufffd'), longestName),
      id,
      source: `/undecodable/${at.log}`,
      type: undecodable,
      subject: '',
      time: '1970-01-01T00:00:00.000Z',
      actor: '',
      correlationId: id,
      causationId: null,
      sequence: at.place,
      epoch: 0,
      body: { reason, headers, body },
    };
  }
}

function decoded(at: KafkaPosition, headers: EventHeaders, body: string): PublicMessage {
  const required = (name: string): string => {
    const value = headers[name];
    if (value === undefined || value === '') throw new Error(`header ${name} is missing`);
    return value;
  };
  refuseUnstorable(at.key, headers);
  const id = uuidIn('ce_id', required('ce_id'));
  const source = required('ce_source');
  const time = required('ce_time');
  if (Number.isNaN(Date.parse(time))) throw new Error('header ce_time is not an instant');
  const epoch = wholeNumber('ce_epoch', required('ce_epoch'));
  if (epoch > largestEpoch) throw new Error('header ce_epoch is too large');
  const { ce_causationid: causationId } = headers;
  return {
    topic: at.topic,
    key: at.key,
    id,
    source,
    type: required('ce_type'),
    subject: headers['ce_subject'] ?? '',
    time,
    actor: headers['ce_actor'] ?? '',
    correlationId: uuidIn('ce_correlationid', headers['ce_correlationid'] ?? id),
    causationId: causationId === undefined ? null : uuidIn('ce_causationid', causationId),
    sequence: wholeNumber('ce_sequence', required('ce_sequence')),
    epoch,
    ...extensionsIn(headers),
    body: bodyIn(body),
  };
}

/** The hub's extensions that a message may have. */
function extensionsIn(headers: EventHeaders): Pick<PublicMessage, 'bulk' | 'urgent' | 'resumption' | 'application'> {
  const { ce_resumption: resumption, ce_application: application } = headers;
  return {
    ...(headers['ce_bulk'] === 'true' ? { bulk: true } : {}),
    ...(headers['ce_urgent'] === 'true' ? { urgent: true } : {}),
    ...(resumption === undefined ? {} : { resumption }),
    ...(application === undefined ? {} : { application }),
  };
}

/** Key and source are looked up by index; no text of PostgreSQL holds NUL. */
function refuseUnstorable(key: string, headers: EventHeaders): void {
  if (key.length > longestName) throw new Error(`the key is longer than ${longestName} characters`);
  if ((headers['ce_source'] ?? '').length > longestName)
    throw new Error(`header ce_source is longer than ${longestName} characters`);
  if ([key, ...Object.values(headers)].some((value) => value.includes('\0')))
    throw new Error('key or headers hold the character NUL');
}

/** The text for operators must not quote the body. */
function bodyIn(text: string): object {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error('the body is not JSON');
  }
  if (!isObject(body)) throw new Error('the body is not a JSON object');
  return body;
}

function uuidIn(name: string, text: string): string {
  if (!isUuid(text)) throw new Error(`header ${name} is not a UUID`);
  return text;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`header ${name} is not a whole number`);
  return Number(text);
}

/** Headers as a table of the bus keeps them. What is no text is left out: the message then counts as not decodable. */
export function headersIn(text: string): EventHeaders {
  return textsOf(objectIn('the headers of a message', text));
}

function textsOf(headers: object): EventHeaders {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}

interface KeptText {
  readonly headers: object;
  readonly body: object;
}
const isKeptText = hasShape<KeptText>({ headers: 'object', body: 'object' });

interface RawText {
  readonly headers: object;
  readonly body: string;
}
const isRawText = hasShape<RawText>({ headers: 'object', body: 'text' });

/** A message as the parking lot keeps it. */
export function toText(message: PublicMessage): string {
  return JSON.stringify({ headers: toHeaders(message), body: message.body });
}

/** @param at names topic and key; the rest comes from the text, which this version or an earlier one wrote */
export function fromText(at: { topic: string; key: string; id: string }, text: string): PublicMessage {
  const { headers: stored, body } = parsed<KeptText>('a kept message', isKeptText, JSON.parse(text));
  const headers = textsOf(stored);
  if (headers['ce_type'] === undecodable) {
    const raw = parsed<RawText>('a kept message that was not decodable', isRawText, body);
    const place = Number(headers['ce_sequence'] ?? 0);
    const log = (headers['ce_source'] ?? '').replace('/undecodable/', '');
    return fromHeaders({ ...at, log, place, fallbackId: () => at.id }, textsOf(raw.headers), raw.body);
  }
  return fromHeaders({ ...at, log: at.topic, place: 0, fallbackId: () => at.id }, headers, JSON.stringify(body));
}
