import type { Outgoing } from '#libs/outgoing/http-exchange.js';

/** Time left for a call, of the operation it belongs to. */
export interface CallLimits {
  readonly withinMs?: number;
  /** The change may go together with others, where the application takes Bulk requests. */
  readonly together?: boolean;
}

/** One request to a SCIM service. */
export interface Request {
  readonly method: Outgoing['method'];
  readonly path: string;
  readonly body?: object;
  /** ETag of the version that this changes. */
  readonly ifMatch?: string | undefined;
}
