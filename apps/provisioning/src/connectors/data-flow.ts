import {
  mappingOf,
  type MappingEntry,
  ownName,
  type PullRule,
  sensitiveSources,
  sourcesOf,
} from '../accounts/accounts.exports.js';
import type { ConnectorView } from './connectors.query.js';

/** One attribute of accounts, and what of a person is in it. */
export interface DataFlowEntry {
  readonly target: string;
  /** `default` for what is written unless `mappingDefaults` is false; `matching` for what accounts are searched by. */
  readonly because: 'default' | 'mapping' | 'matching';
  readonly type: MappingEntry['type'] | 'default' | 'search';
  readonly apply: MappingEntry['apply'];
  readonly strength: MappingEntry['strength'];
  /** Attributes of the identity; empty for a constant. */
  readonly sources: readonly string[];
  /** Those of `sources` that the connector names in `sensitive`. */
  readonly sensitive: readonly string[];
}

/** What a connector sends about people, where to, and because of which entry. */
export interface DataFlow {
  readonly connector: string;
  readonly applications: readonly string[];
  /** Host that receives it. */
  readonly recipient: string;
  /** `observe`: nothing is sent. */
  readonly mode: 'observe' | 'enforce';
  readonly entries: readonly DataFlowEntry[];
  /** The attributes of people that desired access carries for this connector: what mapping, matching and scope read, and nothing else. */
  readonly sources: readonly string[];
  /** What the connector reads of accounts that becomes an attribute of the identity, in the order of its precedence. */
  readonly pulls: readonly PullRule[];
}

export function dataFlowOf(view: ConnectorView): DataFlow {
  const { id, applications, baseUrl, mode, mapping, mappingDefaults, matching, pull } = view;
  const own = new Map(mapping.map((entry) => [entry.target, entry.type]));
  const entries = mappingOf(mapping, mappingDefaults).lines.map(({ target, apply, strength, sources }) => {
    const type = own.get(target);
    return {
      target,
      because: type === undefined ? ('default' as const) : ('mapping' as const),
      type: type ?? ('default' as const),
      apply,
      strength,
      sources,
      sensitive: sources.filter((source) => sensitiveSources.has(source)),
    };
  });
  const searched = (matching ?? []).map(({ target, source }): DataFlowEntry => {
    const sources = [ownName(source)];
    const sensitive = sources.filter((one) => sensitiveSources.has(one));
    return {
      target,
      because: 'matching',
      type: 'search',
      apply: 'create-only',
      strength: 'always',
      sources,
      sensitive,
    };
  });
  return {
    connector: id,
    applications,
    recipient: baseUrl === null ? 'the owners of the application' : new URL(baseUrl).host,
    mode,
    entries: [...entries, ...searched],
    sources: sourcesOf(view),
    pulls: [...pull].sort((one, other) => one.precedence - other.precedence),
  };
}
