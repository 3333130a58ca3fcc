import type { Fact, Stored } from '#libs/event-store/core.js';
import type { ConnectorDocument } from './connector-document.js';

/** What administrators decide about a connector. Stream: `connector-<id>`. Each fact carries what others need to know whole. */
export type ConnectorEvent =
  | ConnectorDefined
  | ConnectorReleased
  | ConnectorPaused
  | ConnectorResumed
  | DesiredStateRequested
  | PlaceConfirmed
  | GoneDoubted;

export interface ConnectorSummary {
  readonly connector: string;
  readonly displayName: string;
  readonly mode: 'observe' | 'enforce';
  readonly protocol: string;
  readonly status: 'running' | 'paused';
}

/** Secrets in the document are sealed, or references. */
export type ConnectorDefined = Fact<
  'ConnectorDefined',
  1,
  ConnectorSummary & { readonly document: Stored<ConnectorDocument> }
>;
/** From observing to enforcing. */
export type ConnectorReleased = Fact<'ConnectorReleased', 1, ConnectorSummary>;
export type ConnectorPaused = Fact<'ConnectorPaused', 1, ConnectorSummary>;
export type ConnectorResumed = Fact<'ConnectorResumed', 1, ConnectorSummary>;
/** A person said that the address is meant, though none of the known accounts was found there. */
export type PlaceConfirmed = Fact<'PlaceConfirmed', 1, ConnectorSummary>;
/** A person has the accounts that count as gone looked for again. */
export type GoneDoubted = Fact<'GoneDoubted', 1, ConnectorSummary>;
/** New, or away for longer than messages are kept: governance is asked to state everything again. */
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
] as const;
