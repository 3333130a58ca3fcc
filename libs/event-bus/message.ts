/**
 * A public message: a CloudEvents 1.0 event with the hub's extensions, and its place on the bus.
 * In Kafka: binary mode, `ce_*` headers and a JSON body.
 */
export interface PublicMessage<Body extends object = object> {
  readonly topic: string;
  /** Order holds per key. A UUID, or an administrator's id on the catalog and connector topics. */
  readonly key: string;
  /** The domain event's own id (UUIDv7): if a fact is mapped again, its message is the same. */
  readonly id: string;
  /** `/<service>/<stream>`: the stream the sequence counts in. */
  readonly source: string;
  /** `hub.<area>.<thing>.<past tense>.v<version>`. */
  readonly type: string;
  /** UUID of what it is about. */
  readonly subject: string;
  /** ISO 8601 instant, UTC: when it occurred. */
  readonly time: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Version in its stream. Compared after `epoch`. */
  readonly sequence: number;
  readonly epoch: number;
  /** Part of a large piece of work; other work goes first. */
  readonly bulk?: boolean;
  /** It removes access: it is also sent through the path that does not wait for open transactions. */
  readonly urgent?: true;
  /** Published again, and only for the readers that take part in this resumption (UUID): others drop it. */
  readonly resumption?: string;
  /** Extension of desired access: the application it concerns. */
  readonly application?: string;
  readonly body: Body;
}

/** Maps one recorded fact to its public messages: at most one per topic; total and pure. */
export type Published<Event> = (event: Event) => readonly PublicMessage[];
