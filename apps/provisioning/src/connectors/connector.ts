import { isDeepStrictEqual } from 'node:util';
import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { filledConnector, storedConnector, type ConnectorDocument } from './connector-document.js';
import { ConnectorNotDefined, NotOwner } from './connector.errors.js';
import type {
  ConnectorDefined,
  ConnectorEvent,
  ConnectorPaused,
  ConnectorReleased,
  ConnectorResumed,
  ConnectorSummary,
  GoneDoubted,
  PlaceConfirmed,
} from './connector.events.js';

export type Connector = { readonly document: null } | DefinedConnector;

export interface DefinedConnector {
  readonly document: ConnectorDocument;
  readonly status: 'running' | 'paused';
}

export const connector: Fold<Connector, ConnectorEvent> = {
  version: 13,
  initial: { document: null },
  evolve: (state, event) => {
    switch (event.type) {
      case 'ConnectorDefined':
        return { document: filledConnector(event.data.document), status: event.data.status };
      case 'ConnectorReleased':
        return state.document === null ? state : { ...state, document: { ...state.document, mode: 'enforce' } };
      case 'ConnectorPaused':
        return state.document === null ? state : { ...state, status: 'paused' };
      case 'ConnectorResumed':
        return state.document === null ? state : { ...state, status: 'running' };
      case 'DesiredStateRequested':
      case 'PlaceConfirmed':
      case 'GoneDoubted':
        return state;
      default:
        return unreachable(event);
    }
  },
};

/** A row holds the state of a connector that was defined. */
export const isConnector = hasShape<DefinedConnector>({ document: 'object', status: ['running', 'paused'] });

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

/**
 * From observing to enforcing: by an owner of the application, or a connector-admin where it has none.
 * Released already is no change.
 */
export function release(
  id: string,
  by: { identity: string | null; isAdmin: boolean; owners: readonly string[] },
  state: Connector,
): ConnectorReleased[] {
  // First: a caller who may not release a connector does not learn which ones there are.
  const allowed = by.owners.length === 0 ? by.isAdmin : by.identity !== null && by.owners.includes(by.identity);
  if (!allowed)
    throw new NotOwner(
      'only an owner of the application releases its connector, or a connector-admin if it has no owner',
      {
        connector: id,
      },
    );
  const defined = requireDefined(id, state);
  if (defined.document.mode === 'enforce') return [];
  return [{ type: 'ConnectorReleased', v: 1, data: { ...summaryOf(id, defined), mode: 'enforce' } }];
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

function requireDefined(id: string, state: Connector): DefinedConnector {
  if (state.document === null) throw new ConnectorNotDefined(`there is no connector ${id}`, { connector: id });
  return state;
}

function summaryOf(connectorId: string, { document, status }: DefinedConnector): ConnectorSummary {
  const { displayName, mode, protocol } = document;
  return { connector: connectorId, displayName, mode, protocol, status };
}
