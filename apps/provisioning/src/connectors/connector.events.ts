import type { Fact, PersonalPart, Stored } from '#libs/event-store/core.js';
import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { ConnectorDocument } from './connector-document.js';

/** What administrators decide about a connector. Stream: `connector-<id>`. Each fact carries what others need to know whole. */
export type ConnectorEvent =
  | ConnectorDefined
  | ConnectorReleased
  | ConnectorPaused
  | ConnectorResumed
  | DesiredStateRequested
  | PlaceConfirmed
  | GoneDoubted
  | SourcesStated
  | AuthorityWithdrawn;

export interface ConnectorSummary {
  readonly connector: string;
  readonly displayName: string;
  readonly mode: 'observe' | 'enforce';
  readonly protocol: string;
  readonly status: 'running' | 'paused';
  /** The attributes of people that the document reads. Absent in facts older than the field: all. */
  readonly sources?: readonly string[];
}

/** Secrets in the document are sealed, or references. */
export type ConnectorDefined = Fact<
  'ConnectorDefined',
  1,
  ConnectorSummary & { readonly document: Stored<ConnectorDocument> }
>;
/** From observing to enforcing, for everybody or for the people of a preview. */
export type ConnectorReleased = Fact<
  'ConnectorReleased',
  1,
  ConnectorSummary & {
    /** The preview that is enforced. Absent where none was made, and in facts older than the field. */
    readonly preview?: string;
    readonly releasedBy?: string;
    /** Only people of released previews are worked on. */
    readonly pilot?: true;
    /** Nobody holds these any more but who should. Absent where the preview was about something else. */
    readonly authoritative?: readonly EntitlementFields[];
  }
> & { readonly personal?: { readonly reason: PersonalPart<{ readonly reason: string }> } };
export type ConnectorPaused = Fact<'ConnectorPaused', 1, ConnectorSummary>;
export type ConnectorResumed = Fact<'ConnectorResumed', 1, ConnectorSummary>;
/** A person confirmed the address, although no known account was found there. */
export type PlaceConfirmed = Fact<'PlaceConfirmed', 1, ConnectorSummary>;
/** A person requested that accounts that count as gone are looked up again. */
export type GoneDoubted = Fact<'GoneDoubted', 1, ConnectorSummary>;
/** The hub tells what the document reads, which it had not told, or told otherwise, in an earlier version. */
export type SourcesStated = Fact<'SourcesStated', 1, ConnectorSummary>;
/** Of these the hub takes only what it gave again. */
export type AuthorityWithdrawn = Fact<
  'AuthorityWithdrawn',
  1,
  ConnectorSummary & { readonly entitlements: readonly EntitlementFields[]; readonly withdrawnBy: string },
  { readonly reason: { readonly reason: string } }
>;
/** The connector is new, or was stopped for longer than messages are kept: governance is asked to publish everything again. */
export type DesiredStateRequested = Fact<
  'DesiredStateRequested',
  1,
  { readonly connector: string; readonly applications: readonly string[] }
>;

export const connectorFacts = [
  'ConnectorDefined',
  'ConnectorReleased',
  'ConnectorPaused',
  'ConnectorResumed',
  'DesiredStateRequested',
  'PlaceConfirmed',
  'GoneDoubted',
  'SourcesStated',
  'AuthorityWithdrawn',
] as const;
