/** Review campaigns on `hub.governance.decisions`. */

export type ReviewEventType =
  | 'hub.governance.review.started.v1'
  /** All access of its scope is an item of it. */
  | 'hub.governance.review.listed.v1'
  /** Nobody answers any more. */
  | 'hub.governance.review.ended.v1'
  /** Everything has an outcome, and everything revoked is gone. */
  | 'hub.governance.review.closed.v1'
  | 'hub.governance.review.cancelled.v1';

/** Body of every `hub.governance.review.*.v1`. Key and subject: the review. The terms are those of its start. */
export interface ReviewMessage {
  readonly review: string;
  readonly displayName?: string;
  readonly scope?: {
    readonly package: string | null;
    readonly application: string | null;
    readonly asFound: boolean;
    /** Also what rules give. Absent: not that. */
    readonly birthrights?: boolean;
  };
  readonly reviewers?: readonly string[] | null;
  readonly onNoResponse?: 'keep' | 'revoke' | null;
  readonly dueAt?: string;
  /** How many items it has. */
  readonly items?: number;
  readonly cancelledBy?: string;
  /** Why it was cancelled; personal to who cancelled it. */
  readonly reason?: string;
}

export type ReviewItemEventType =
  | 'hub.governance.review-item.opened.v1'
  /** Other people decide. */
  | 'hub.governance.review-item.rerouted.v1'
  | 'hub.governance.review-item.decided.v1'
  /** Nothing is left to decide. */
  | 'hub.governance.review-item.lapsed.v1'
  /** What was revoked is gone. */
  | 'hub.governance.review-item.verified.v1';

/** Body of every `hub.governance.review-item.*.v1`. Key: the holder's identity; subject: the item. */
export interface ReviewItemMessage {
  readonly item: string;
  readonly review: string;
  readonly assignment: string;
  readonly identity: string;
  readonly package: string;
  /** Who may decide. */
  readonly reviewers?: readonly string[];
  /** Why other people decide than those whom the review asks, in words. */
  readonly instead?: readonly string[];
  readonly decision?: 'keep' | 'revoke' | 'shorten';
  /** The end that shortening gives. */
  readonly until?: string;
  /** Who decided; null: nobody answered, and the policy decided. */
  readonly reviewer?: string | null;
  /** The reviewer who delegated the decision. */
  readonly onBehalfOf?: string;
  /** Who looked whether it is gone; null: a reading of the application showed it. */
  readonly verifiedBy?: string | null;
  /** Why it was rerouted, or lapsed. */
  readonly code?: string;
  /** Personal to the identity. */
  readonly comment?: string;
}
