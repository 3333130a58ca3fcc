/** Statements of HR that are held for a person, on `hub.operators`. Key and subject: the id of the import or the row. */
export type HoldEventType = `hub.hr.hold.${'made' | 'released' | 'cancelled'}.v1`;

/** Body of every `hub.hr.hold.*.v1`. */
export interface HoldMessage {
  /** UUID of the import, or of the row. */
  readonly hold: string;
  readonly of: 'import' | 'row';
  /** What made it held: `leaving`, `losing-access`, `missing`, `other-person`, `repeated`, `empty`, … */
  readonly reasons: readonly string[];
  /** How many people it is about. */
  readonly people: number;
  /** Of a decision: how many of them stay held by row. */
  readonly remaining?: number;
  /** For a decision: UUID of the actor. */
  readonly decidedBy?: string;
  /** For a decision: personal to the actor. */
  readonly reason?: string;
}
