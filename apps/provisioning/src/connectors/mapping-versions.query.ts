import { Injectable } from '@nestjs/common';
import { NotFound } from '#libs/problems/problem.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { filledConnector } from './connector-document.js';
import { Connectors } from './connectors.stream.js';
import { differenceOf, isSameMapping, type MappingDifference, type MappingTerms } from './mapping-versions.js';

/** Who made a mapping what it is, and when. */
export interface MappingVersion {
  /** Version of the connector with which it began. */
  readonly version: number;
  readonly at: string;
  readonly actor: string;
}

/** A version, with what it changed. */
export interface MappingVersionView extends MappingVersion {
  readonly entries: number;
  /** Against the version before; null for the first one. */
  readonly difference: MappingDifference | null;
}

export interface ComparedMappings extends MappingDifference {
  readonly connector: string;
  readonly from: MappingVersion;
  readonly to: MappingVersion;
}

interface Known extends MappingVersion {
  readonly terms: MappingTerms;
}

interface History {
  readonly known: readonly Known[];
  /** Version of the connector today. */
  readonly newest: number;
}

/** The versions of a connector's mapping, from its facts. */
@Injectable()
export class MappingVersions {
  constructor(private readonly connectors: Connectors) {}

  /** The newest first. @throws NotFound for a connector that is not there */
  async page(
    connector: string,
    { limit, cursor }: Pick<PageQuery, 'limit' | 'cursor'>,
  ): Promise<Page<MappingVersionView>> {
    const [below = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['index']) ?? [];
    const { known } = await this.of(connector);
    const rows = known
      .map((one, index) => ({ one, former: known[index - 1] ?? null }))
      .filter(({ one }) => one.version < below)
      .reverse();
    return pageOf(
      rows,
      limit,
      ({ one }) => [one.version],
      ({ one, former }) => ({
        ...shown(one),
        entries: one.terms.mapping.length,
        difference: former === null ? null : differenceOf(former.terms, one.terms),
      }),
    );
  }

  /**
   * From one version to another; each counts until the next one.
   * @param to the newest unless given
   * @param from the one before `to` unless given
   */
  async compare(
    connector: string,
    { from, to }: { readonly from?: number; readonly to?: number },
  ): Promise<ComparedMappings> {
    const history = await this.of(connector);
    const later = at(history, connector, to ?? history.newest);
    const earlier = from === undefined ? (before(history.known, later) ?? later) : at(history, connector, from);
    return { connector, from: shown(earlier), to: shown(later), ...differenceOf(earlier.terms, later.terms) };
  }

  /** Oldest first: those that changed something. */
  private async of(connector: string): Promise<History> {
    const [stream] = await this.connectors.whole([connector]);
    if (stream === undefined) throw new NotFound('connector', connector);
    const known: Known[] = [];
    for (const fact of stream.facts) {
      if (fact.type !== 'ConnectorDefined') continue;
      const { version, occurredAt, actor } = fact;
      const terms = filledConnector(fact.data.document);
      const former = known.at(-1);
      if (former === undefined || !isSameMapping(differenceOf(former.terms, terms)))
        known.push({ version, at: occurredAt, actor, terms });
    }
    return { known, newest: stream.version };
  }
}

const shown = ({ version, at, actor }: Known): MappingVersion => ({ version, at, actor });

const before = (known: readonly Known[], { version }: Known): Known | undefined =>
  known.findLast((one) => one.version < version);

/** The one that counted at a version of the connector. @throws NotFound for a version that the connector never had */
function at({ known, newest }: History, connector: string, version: number): Known {
  const found = version > newest ? undefined : known.findLast((one) => one.version <= version);
  if (found === undefined) throw new NotFound('version of connector', `${connector} ${version}`);
  return found;
}
