import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { requireMatch } from '#libs/service-kit/input/etag.js';
import {
  counted,
  type Foreseen,
  ForeseeAccounts,
  type Impact,
  type ImpactCounts,
  noImpact,
  type Place,
  touchedBy,
} from '../accounts/accounts.exports.js';
import { ConnectorBrake } from './connector-brake.process.js';
import type { ConnectorDto } from './connector.dto.js';
import { Connectors } from './connectors.stream.js';
import { StatedDocuments } from './stated-documents.process.js';

/** The people that an answer names, at most. */
const mostNamed = 500;

/** A person whom a change touches. */
export interface TouchedAccount extends Impact {
  readonly identity: string;
  readonly application: string;
  readonly userName: string | null;
}

/** The people whom a change of a connector document would affect. Nothing is changed. */
export interface ConnectorDryRun extends ImpactCounts {
  readonly dryRun: true;
  /** Of the document as it stands; 0 while there is none. */
  readonly version: number;
  readonly touched: number;
  /** The change takes accounts away from so many that it must be confirmed: ?confirm=, with their number. */
  readonly needsConfirmation: boolean;
  /**
   * Attributes of people that the document reads, and that desired access does not carry yet: the change is applied to each person
   * when they have arrived, and until then the counts are the most that it can touch.
   */
  readonly missingFields: readonly string[];
  /** The first 500 of those who are touched. */
  readonly people: readonly TouchedAccount[];
  /** Those who are not in `people`. */
  readonly more: number;
}

/** The same, with what the change would do to each account. */
export interface PreviewedConnectorDryRun extends ConnectorDryRun {
  /** The preview: each attribute before and after, and the whole list as a file. Null where the connector enforces nothing, or no term changes. */
  readonly preview: string | null;
}

/** The people whom a connector document would affect if it were defined so. It is refused where the definition would be refused. */
export class ForeseeConnector extends Query<ConnectorDryRun> {
  constructor(
    readonly id: string,
    readonly stated: ConnectorDto,
    readonly ifMatch: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(ForeseeConnector)
export class ForeseeConnectorHandler implements IQueryHandler<ForeseeConnector> {
  constructor(
    private readonly connectors: Connectors,
    private readonly accounts: ForeseeAccounts,
    private readonly documents: StatedDocuments,
    private readonly brake: ConnectorBrake,
  ) {}

  async execute({ id, stated, ifMatch }: ForeseeConnector): Promise<ConnectorDryRun> {
    const { state, version } = await this.connectors.load(id);
    requireMatch(ifMatch, version);
    const terms = { before: state.document, after: await this.documents.known(id, stated, state.document) };
    let counts = noImpact;
    const named: TouchedAccount[] = [];
    const missing = new Set<string>();
    let from: Place | null = null;
    do {
      const { people, next } = await this.accounts.page(id, terms, from);
      counts = people.reduce((sum, { impact }) => counted(sum, impact), counts);
      if (named.length < mostNamed) named.push(...people.flatMap(touched));
      for (const field of people.flatMap((one) => one.missing)) missing.add(field);
      from = next;
    } while (from !== null);
    const all = touchedBy(counts);
    const people = named.slice(0, mostNamed);
    const { needsConfirmation } = await this.brake.lossesOf(id, state.document, terms.after);
    const missingFields = [...missing].sort();
    const more = all - people.length;
    return { dryRun: true, version, ...counts, touched: all, needsConfirmation, missingFields, people, more };
  }
}

function touched({ impact, identity, application, userName }: Foreseen): TouchedAccount[] {
  return impact === null ? [] : [{ identity, application, userName, ...impact }];
}
