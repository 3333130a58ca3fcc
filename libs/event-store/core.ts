/**
 * The vocabulary of event-sourced domain code. Pure: domain files import this and nothing else of the store.
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

/** Closes a switch over a union: the compiler refuses a case left out. */
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
