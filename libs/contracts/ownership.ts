/** `hub.operators`: a person decided whose an account of an application is. Key: the person, else who decided. */
export const ownershipDecided = 'hub.provisioning.ownership.decided.v1';

export interface OwnershipDecidedMessage {
  readonly connector: string;
  /** The application's own id of the account. */
  readonly account: string;
  /** `open`: a former decision does not stand any more. */
  readonly decision: 'person' | 'not-a-person' | 'open';
  /** Whose it is; null unless a person's. */
  readonly identity: string | null;
  /** UUID of the actor: an identity, or the subject of a token without one. */
  readonly decidedBy: string;
  /** Absent where it is a person's, or open. */
  readonly kind?: 'service' | 'shared' | 'built-in' | 'vendor';
  /** Personal to the actor. */
  readonly reason?: string;
}
