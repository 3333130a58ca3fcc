import type { NoticeKind, NoticeSubject } from './notice.js';
import type { NoticeText } from './notice-texts.js';

/** One notification as it is sent. */
export interface Outgoing extends NoticeText {
  /** The same for each attempt, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly about: NoticeSubject;
  readonly link: string | null;
  /** Null where it is for nobody by name. */
  readonly recipient: {
    readonly id: string;
    readonly displayName: string;
    readonly email: string | null;
  } | null;
  /** When it is sent. */
  readonly at: string;
}

/** What became of an attempt. */
export type Sent =
  | { readonly is: 'sent' }
  /** Trying again does not help, for example without an address. */
  | { readonly is: 'refused' | 'failed'; readonly problem: string };

/** A way to tell people something. */
export interface Channel {
  readonly name: 'email' | 'webhook';
  /** Is there an address for it? */
  reaches(recipient: Outgoing['recipient']): boolean;
  send(notification: Outgoing): Promise<Sent>;
  close(): Promise<void>;
}
