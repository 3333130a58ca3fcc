/** One step of a chain of causes, nearest first. Of an event of another service, `actor` is not known here. */
export interface Link {
  readonly event: string;
  readonly type: string;
  readonly at: string | null;
  readonly actor: string | null;
}
