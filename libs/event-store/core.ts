/**
 * Types and functions for event-sourced domain code. Pure: domain files import this file and nothing else of the store.
 */

/** Personal fields of one person inside a fact; sealed at rest under that subject's key. `fields` is null once forgotten. */
export interface PersonalPart<Fields extends object = object> {
  /** UUID whose key seals the fields. */
  readonly subject: string;
  readonly fields: Fields | null;
}

/**
 * One thing that happened. `data` holds no personal data (ids are UUIDs). Personal data is in `personal`, with one
 * named part for each person.
 */
export type Fact<
  Type extends string,
  Version extends number,
  Data extends object,
  Personal extends Readonly<Record<string, object>> = never,
> = [Personal] extends [never]
  ? { readonly type: Type; readonly v: Version; readonly data: Data }
  : {
      readonly type: Type;
      readonly v: Version;
      readonly data: Data;
      readonly personal: { readonly [Part in keyof Personal]: PersonalPart<Personal[Part]> };
    };

/** Any fact, as the store sees it. */
export interface AnyFact {
  readonly type: string;
  readonly v: number;
  readonly data: object;
  readonly personal?: Readonly<Record<string, PersonalPart>>;
}

/** Facts to state, purely. `evolve` must accept parts that were forgotten (`fields: null`). */
export interface Fold<State, Event> {
  /** Rows carry it. It is raised with each change of the state that the same facts give, or of the rows that are written from it. */
  readonly version: number;
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
}

/** Who and why of an append. */
export interface Causation {
  /** `identity/<uuid>`, `subject/<uuid>` (a token subject without identity) or `service/<name>`; never a name or number of a person. */
  readonly actor: string;
  /** Constant along a chain of effects: the id of the request or record that started it. */
  readonly correlationId: string;
  /** Id of the event or message that led here; null where a chain starts. */
  readonly causationId: string | null;
  /** Part of a large piece of work (a file of people, a rule for everybody); other work goes first. */
  readonly bulk?: boolean;
}

/** What the store adds to a fact when it is recorded. */
export interface Recorded extends Causation {
  /** UUIDv7; the id of the public message made from this fact, too. */
  readonly id: string;
  /** `<category>-<uuid>` (or an administrator's id after the dash). */
  readonly stream: string;
  /** 1 for the first fact of the stream. */
  readonly version: number;
  readonly epoch: number;
  /** ISO 8601 instant in UTC, by the hub's clock. */
  readonly occurredAt: string;
}

export type RecordedFact<Event extends AnyFact = AnyFact> = Event & Recorded;

/** The default of a switch over a union: the compiler refuses a switch that lacks a case. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** The caller asked for something the current facts forbid. Never retried; one filter makes a problem document of it. */
export abstract class DomainError<Details extends object = object> extends Error {
  /** `<feature>.<state of affairs>` in snake case, for example `access_request.not_pending`. */
  abstract readonly code: string;
  constructor(
    message: string,
    readonly details: Details,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The form of a field of a stored state. A list of texts: one of these texts. `any`: the field is there, perhaps null. */
type FieldShape = 'text' | 'number' | 'flag' | 'list' | 'object' | 'object or null' | 'any' | readonly string[];

const fits: Readonly<Record<Exclude<FieldShape, readonly string[]>, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
  list: (value) => Array.isArray(value),
  object: isObject,
  'object or null': (value) => value === null || isObject(value),
  any: (value) => value !== undefined,
};

/**
 * Tells whether a value from a row has the fields of a state, each of its kind. Every field that a state always has is named:
 * a state without one of them was written by another fold.
 */
export function hasShape<State extends object>(fields: {
  readonly [Name in keyof State as undefined extends State[Name] ? never : Name]: FieldShape;
}): (value: unknown) => boolean {
  const wanted = Object.entries<FieldShape>(fields);
  return (value) =>
    isObject(value) &&
    wanted.every(([name, shape]) => {
      const found = value[name];
      return typeof shape === 'string' ? fits[shape](found) : shape.some((one) => one === found);
    });
}

/** An object with named fields: no list, not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Gives a value its type after checking its form. @throws Error with the name of the value
 */
export function parsed<Value>(what: string, isValue: (value: unknown) => boolean, value: unknown): Value {
  if (!isValue(value)) throw new Error(`${what} has not the shape that it is read in`);
  return value as Value;
}

/** @throws Error where the text is no JSON, or no object */
export function objectIn(what: string, text: string): Readonly<Record<string, unknown>> {
  return parsed(what, isObject, JSON.parse(text));
}

/** A document as a fact stores it: fields that equal their default are left out. */
export type Stored<Document> = { readonly [Name in keyof Document]?: unknown };

/** Fills in what a stored document leaves out, objects field by field, with the defaults of the present version. */
export function withDefaults(stored: object, defaults: object): object {
  const filled: Record<string, unknown> = { ...stored };
  for (const [name, fallback] of Object.entries(defaults)) {
    const value = filled[name];
    if (value === undefined) filled[name] = fallback;
    else if (isObject(value) && isObject(fallback)) filled[name] = withDefaults(value, fallback);
  }
  return filled;
}

/** The document without the fields that equal their defaults: the inverse of {@link withDefaults}. */
export function withoutDefaults(document: object, defaults: object): object {
  const fallbacks = defaults as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]: [string, unknown]) => {
      const fallback = fallbacks[name];
      if (isObject(value) && isObject(fallback)) {
        const rest = withoutDefaults(value, fallback);
        return Object.keys(rest).length === 0 ? [] : [[name, rest]];
      }
      return fallback !== undefined && JSON.stringify(value) === JSON.stringify(fallback) ? [] : [[name, value]];
    }),
  );
}
