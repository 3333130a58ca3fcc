import type { EntitlementFields } from './entitlement.js';

/** `hub.operators`: a person released what a preview of a connector showed. Key: the connector. */
export const previewReleased = 'hub.provisioning.preview.released.v1';

export interface PreviewReleasedMessage {
  readonly connector: string;
  readonly preview: string;
  /** Only for some people. */
  readonly pilot: boolean;
  /** UUID of the actor: an identity, or the subject of a token without one. */
  readonly releasedBy: string;
  /** Nobody holds these any more but who should. */
  readonly authoritative?: readonly EntitlementFields[];
  /** Personal to the actor. */
  readonly reason?: string;
}

/** `hub.operators`: of these entitlements the hub takes only what it gave, from now on. Key: the connector. */
export const authorityWithdrawn = 'hub.provisioning.authority.withdrawn.v1';

export interface AuthorityWithdrawnMessage {
  readonly connector: string;
  readonly entitlements: readonly EntitlementFields[];
  /** UUID of the actor. */
  readonly withdrawnBy: string;
  /** Personal to the actor. */
  readonly reason?: string;
}
