import { isDeepStrictEqual } from 'node:util';
import { compareEntitlements, entitlementKey, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { sourcesOf } from '../accounts/accounts.exports.js';
import { filledConnector, storedConnector, type ConnectorDocument } from './connector-document.js';
import { ConnectorNotDefined, NotOwner } from './connector.errors.js';
import type {
  AuthorityWithdrawn,
  ConnectorDefined,
  ConnectorEvent,
  ConnectorPaused,
  ConnectorReleased,
  ConnectorResumed,
  ConnectorSummary,
  GoneDoubted,
  PlaceConfirmed,
  SourcesStated,
} from './connector.events.js';

export type Connector = { readonly document: null } | DefinedConnector;

export interface DefinedConnector {
  readonly document: ConnectorDocument;
  readonly status: 'running' | 'paused';
  /** Only people of released previews are worked on. */
  readonly pilot: boolean;
  /** The attributes of people that governance was told it reads; null before the first time. */
  readonly sources: readonly string[] | null;
  /** Nobody holds these but who should; of all others the hub takes only what it gave. */
  readonly authoritative: readonly EntitlementFields[];
}

export const connector: Fold<Connector, ConnectorEvent> = {
  version: 20,
  initial: { document: null },
  evolve: (state, event) => {
    if (event.type === 'ConnectorDefined') return defined(state, event);
    return state.document === null ? state : decided(state, event);
  },
};

function defined(before: Connector, { data }: ConnectorDefined): DefinedConnector {
  const { document, status, mode, sources } = data;
  const kept = before.document === null ? { pilot: false, authoritative: [] } : before;
  return {
    document: filledConnector(document),
    status,
    pilot: kept.pilot && mode === 'enforce',
    sources: sources ?? null,
    authoritative: kept.authoritative,
  };
}

function decided(state: DefinedConnector, event: Exclude<ConnectorEvent, ConnectorDefined>): DefinedConnector {
  switch (event.type) {
    case 'ConnectorReleased':
      return {
        ...told(state, event),
        document: { ...state.document, mode: 'enforce' },
        pilot: event.data.pilot === true,
        authoritative: together(state.authoritative, event.data.authoritative ?? []),
      };
    case 'AuthorityWithdrawn':
      return { ...told(state, event), authoritative: apart(state.authoritative, event.data.entitlements) };
    case 'ConnectorPaused':
      return { ...told(state, event), status: 'paused' };
    case 'ConnectorResumed':
      return { ...told(state, event), status: 'running' };
    case 'DesiredStateRequested':
      return state;
    case 'PlaceConfirmed':
    case 'GoneDoubted':
    case 'SourcesStated':
      return told(state, event);
    default:
      return unreachable(event);
  }
}

/** Each message tells the whole: one without the field, that everything is read. */
const told = (state: DefinedConnector, { data }: { readonly data: ConnectorSummary }): DefinedConnector => ({
  ...state,
  sources: data.sources ?? null,
});

/** A row holds the state of a connector that was defined. */
export const isConnector = hasShape<DefinedConnector>({
  document: 'object',
  status: ['running', 'paused'],
  pilot: 'flag',
  sources: 'any',
  authoritative: 'list',
});

type Entitlements = readonly EntitlementFields[];

const apart = (some: Entitlements, others: Entitlements): Entitlements => {
  const keys = new Set(others.map(entitlementKey));
  return some.filter((one) => !keys.has(entitlementKey(one)));
};
const together = (some: Entitlements, more: Entitlements): Entitlements =>
  [...apart(some, more), ...more].sort(compareEntitlements);

/** States the whole document; the same again changes nothing. */
export function define(id: string, document: ConnectorDocument, state: Connector): ConnectorDefined[] {
  if (isDeepStrictEqual(state.document, document)) return [];
  const status = state.document === null ? 'running' : state.status;
  return [
    {
      type: 'ConnectorDefined',
      v: 1,
      data: { ...summaryOf(id, { document, status }), document: storedConnector(document) },
    },
  ];
}

interface Releaser {
  readonly identity: string | null;
  readonly isAdmin: boolean;
  readonly owners: readonly string[];
}

/**
 * A connector that this person may release: an owner of the application, or a connector-admin where it has none.
 * @throws NotOwner, ConnectorNotDefined
 */
export function requireRelease(id: string, by: Releaser, state: Connector): DefinedConnector {
  // First: a caller who may not release a connector does not learn which ones there are.
  const allowed = by.owners.length === 0 ? by.isAdmin : by.identity !== null && by.owners.includes(by.identity);
  if (!allowed)
    throw new NotOwner(
      'only an owner of the application releases its connector, or a connector-admin if it has no owner',
      {
        connector: id,
      },
    );
  return requireDefined(id, state);
}

/** From observing to enforcing. Released already is no change. @throws as {@link requireRelease} */
export function release(id: string, by: Releaser, state: Connector): ConnectorReleased[] {
  const defined = requireRelease(id, by, state);
  if (defined.document.mode === 'enforce') return [];
  return [{ type: 'ConnectorReleased', v: 1, data: { ...summaryOf(id, defined), mode: 'enforce' } }];
}

/** What was released, by whom and why. */
interface ReleasedPreview {
  readonly preview: string;
  readonly pilot: boolean;
  readonly by: string;
  readonly reason: string;
  /** What becomes authoritative. */
  readonly authoritative?: readonly EntitlementFields[];
}

/** Enforcing begins, or goes on, with the people of a preview. */
export function released(
  id: string,
  { preview, pilot, by, reason, authoritative = [] }: ReleasedPreview,
  state: Connector,
): ConnectorReleased[] {
  const defined = requireDefined(id, state);
  // Who may be worked on already is not taken back by a release for some people.
  const isPilot = pilot && (defined.document.mode === 'observe' || defined.pilot);
  return [
    {
      type: 'ConnectorReleased',
      v: 1,
      data: {
        ...summaryOf(id, defined),
        mode: 'enforce',
        preview,
        releasedBy: by,
        ...(isPilot ? { pilot: true } : {}),
        ...(authoritative.length === 0 ? {} : { authoritative }),
      },
      personal: { reason: { subject: by, fields: { reason } } },
    },
  ];
}

/** Of these the hub takes only what it gave, from now on. One that is not authoritative changes nothing. */
export function withdrawAuthority(
  id: string,
  entitlements: readonly EntitlementFields[],
  { by, reason }: { readonly by: string; readonly reason: string },
  state: Connector,
): AuthorityWithdrawn[] {
  const defined = requireDefined(id, state);
  const withdrawn = apart(defined.authoritative, apart(defined.authoritative, entitlements));
  if (withdrawn.length === 0) return [];
  return [
    {
      type: 'AuthorityWithdrawn',
      v: 1,
      data: { ...summaryOf(id, defined), entitlements: withdrawn, withdrawnBy: by },
      personal: { reason: { subject: by, fields: { reason } } },
    },
  ];
}

/** Pause: no further calls, except for people who must lose access. */
export function pause(id: string, state: Connector): ConnectorPaused[] {
  const defined = requireDefined(id, state);
  return defined.status === 'paused'
    ? []
    : [{ type: 'ConnectorPaused', v: 1, data: { ...summaryOf(id, defined), status: 'paused' } }];
}

export function resume(id: string, state: Connector): ConnectorResumed[] {
  const defined = requireDefined(id, state);
  return defined.status === 'running'
    ? []
    : [{ type: 'ConnectorResumed', v: 1, data: { ...summaryOf(id, defined), status: 'running' } }];
}

/** The address is correct, even if no account is found there. */
export function confirmPlace(id: string, state: Connector): PlaceConfirmed[] {
  return [{ type: 'PlaceConfirmed', v: 1, data: summaryOf(id, requireDefined(id, state)) }];
}

/** Accounts that count as gone are looked up again, each time that a person asks for it. */
export function lookAgain(id: string, state: Connector): GoneDoubted[] {
  return [{ type: 'GoneDoubted', v: 1, data: summaryOf(id, requireDefined(id, state)) }];
}

/** Governance learns what the document reads, where it was told otherwise or nothing. */
export function stateSources(id: string, state: Connector): SourcesStated[] {
  if (state.document === null) return [];
  const data = summaryOf(id, state);
  return isDeepStrictEqual(state.sources, data.sources) ? [] : [{ type: 'SourcesStated', v: 1, data }];
}

function requireDefined(id: string, state: Connector): DefinedConnector {
  if (state.document === null) throw new ConnectorNotDefined(`there is no connector ${id}`, { connector: id });
  return state;
}

function summaryOf(
  connectorId: string,
  { document, status }: Pick<DefinedConnector, 'document' | 'status'>,
): ConnectorSummary {
  const { displayName, mode, protocol } = document;
  return { connector: connectorId, displayName, mode, protocol, status, sources: sourcesOf(document) };
}
