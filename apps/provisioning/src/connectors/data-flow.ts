import { mappingOf, type MappingEntry, sensitiveSources } from '../accounts/accounts.exports.js';
import type { ConnectorView } from './connectors.query.js';

/** One attribute of accounts, and what of a person is in it. */
export interface DataFlowEntry {
  readonly target: string;
  /** `default` for what is written unless `mappingDefaults` is false. */
  readonly because: 'default' | 'mapping';
  readonly type: MappingEntry['type'] | 'default';
  readonly apply: MappingEntry['apply'];
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
}

export function dataFlowOf(view: ConnectorView): DataFlow {
  const { id, applications, baseUrl, mode, mapping, mappingDefaults } = view;
  const own = new Map(mapping.map((entry) => [entry.target, entry.type]));
  const entries = mappingOf(mapping, mappingDefaults).lines.map(({ target, apply, sources }) => {
    const type = own.get(target);
    return {
      target,
      because: type === undefined ? ('default' as const) : ('mapping' as const),
      type: type ?? ('default' as const),
      apply,
      sources,
      sensitive: sources.filter((source) => sensitiveSources.has(source)),
    };
  });
  return { connector: id, applications, recipient: new URL(baseUrl).host, mode, entries };
}
