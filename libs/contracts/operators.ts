/** `hub.operators`: what operators did to the hub itself. Key and subject: the id of the message it was done to. */

export type MessageDismissedType = `hub.${'hr' | 'governance' | 'provisioning' | 'audit'}.message.dismissed.v1`;

/** Body of every `hub.<service>.message.dismissed.v1`: a parked message that this service will never handle. */
export interface MessageDismissedMessage {
  readonly message: DismissedMessage;
  /** The consumer group that had it parked. */
  readonly group: string;
  /** UUID of the actor who dismissed it: an identity, or the subject of a token without an identity. */
  readonly dismissedBy: string;
  /** Personal to the actor who dismissed it. */
  readonly reason?: string;
}

/** The dismissed message, without its body. */
export interface DismissedMessage {
  readonly id: string;
  readonly type: string;
  readonly topic: string;
  /** Null if the message could not be read. */
  readonly key: string | null;
  readonly source: string;
  readonly sequence: number;
  readonly epoch: number;
}

/** A change of a rule or package past the thresholds of the brake was made, because somebody confirmed it. */
export const policyChangeReleased = 'hub.governance.policy-change.released.v1';

/** Key and subject: the id of the release. */
export interface PolicyChangeReleasedMessage {
  readonly change: {
    readonly kind: 'access-package' | 'birthright-rule';
    readonly id: string;
    /** Of the document, after the change. */
    readonly version: number;
  };
  /** People who lose something by it, of those who held it. */
  readonly loses: number;
  readonly holders: number;
  /** How many were confirmed to lose something. */
  readonly confirmed: number;
  /** UUID of the actor who confirmed it: an identity, or the subject of a token without an identity. */
  readonly releasedBy: string;
  /** Personal to the actor who confirmed it. */
  readonly reason?: string;
}

/** What a version of a package adds may reach those who held it before. Key and subject: the package. */
export const packageVersionReleased = 'hub.governance.package-version.released.v1';

export interface PackageVersionReleasedMessage {
  readonly package: string;
  readonly version: number;
  /** UUID of the actor: an owner, or a policy administrator where there is none. */
  readonly releasedBy: string;
  readonly releasedAt: string;
  /** Personal to the actor who released it. */
  readonly reason?: string;
}

/** Removals that the limit of a connector held go on, because somebody released them. Key and subject: the id of the release. */
export const removalsReleased = 'hub.provisioning.removals.released.v1';

export interface RemovalsReleasedMessage {
  readonly connector: string;
  /** Whose access is taken away now. */
  readonly identities: readonly string[];
  /** UUID of the actor who released them: an identity, or the subject of a token without an identity. */
  readonly releasedBy: string;
  /** Personal to the actor who released them. */
  readonly reason?: string;
}

export type ActionRefusedType = `hub.${'hr' | 'governance' | 'provisioning' | 'audit'}.action.refused.v1`;

/** Body of every `hub.<service>.action.refused.v1`: a known caller asked for a change and was refused. Key: its own id. */
export interface RefusedAction {
  /** Method and route, without ids. */
  readonly action: string;
  /** Id of what it was about; null where that is no id of ours. */
  readonly target: string | null;
  /** HTTP status. */
  readonly status: number;
  readonly code: string;
  /** UUID of the refused caller: an identity, or the subject of a token without an identity. */
  readonly refused: string;
  /** How many earlier refusals of this kind and caller have no entry of their own. */
  readonly unrecorded: number;
}

/** The record of the audit log's newest checkpoint, outside its database, began with the log as it was. */
export const recordAdopted = 'hub.audit.record.adopted.v1';

export interface RecordAdoptedMessage {
  readonly adoption: string;
  /** UUID of the actor who ordered it. */
  readonly adoptedBy: string;
  /** Entries of the log when its record began. */
  readonly size: number;
  /** The newest checkpoint before a restore, where the operator has one: its entries from `size` on are lost. Null: not known. */
  readonly former: FormerCheckpoint | null;
  /** Personal to the actor who ordered it. */
  readonly reason?: string;
}

/** A signed checkpoint of the log as it was: entries, and the root hash in base64. */
export interface FormerCheckpoint {
  readonly size: number;
  readonly root: string;
}

export type PositionsResumedType = `hub.${'hr' | 'governance' | 'provisioning' | 'audit'}.positions.resumed.v1`;

/** Body of every `hub.<service>.positions.resumed.v1`: readers whose position was lost go on. Key: the resumption. */
export interface PositionsResumedMessage {
  readonly resumption: string;
  readonly positions: readonly ResumedPosition[];
  /** UUID of the actor who resumed them: an identity, or the subject of a token without an identity. */
  readonly resumedBy: string;
  /** Personal to the actor who resumed them. */
  readonly reason?: string;
}

export interface ResumedPosition {
  /** The consumer group. */
  readonly group: string;
  readonly topic: string;
  /** ISO 8601 instant, UTC: what was recorded since then is published again. */
  readonly since: string;
}
