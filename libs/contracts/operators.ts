/** `hub.operators`: what operators did to the hub itself. Key and subject: the id of the message it was done to. */

export type MessageDismissedType = `hub.${'hr' | 'governance' | 'provisioning' | 'audit'}.message.dismissed.v1`;

/** Body of every `hub.<service>.message.dismissed.v1`: a parked message that this service will never handle. */
export interface MessageDismissedMessage {
  readonly message: DismissedMessage;
  /** The consumer group that had it parked. */
  readonly group: string;
  /** UUID of whoever dismissed it: an identity, or a token's subject without one. */
  readonly dismissedBy: string;
  /** Personal to whoever dismissed it. */
  readonly reason?: string;
}

/** Which message it was; nothing of its body. */
export interface DismissedMessage {
  readonly id: string;
  readonly type: string;
  readonly topic: string;
  /** Null where the message could not be read: then it may be anything. */
  readonly key: string | null;
  readonly source: string;
  readonly sequence: number;
  readonly epoch: number;
}
