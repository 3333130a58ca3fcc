import { Injectable } from '@nestjs/common';
import { connectorDefined, type ConnectorMessage } from '#libs/contracts/connectors.js';
import { isAfter } from '#libs/event-bus/consumer/consumer-state.js';
import { ofTypes } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { newestOf } from '#libs/event-bus/newest-of.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { RecomputeAccess } from '../people/people.exports.js';
import { Catalog } from './catalog.query.js';

interface Known {
  readonly connector: string;
  readonly sources: readonly string[] | null;
  readonly epoch: number;
  readonly sequence: number;
}

/**
 * The attributes of people that each connector reads. Desired access carries these alone: where they change, it is said
 * again to everybody whom the connector serves, in a job.
 */
@Injectable()
export class ConnectorSources {
  constructor(
    private readonly db: Database,
    private readonly catalog: Catalog,
    private readonly recompute: RecomputeAccess,
  ) {}

  /** Older messages change nothing. */
  async handle(batch: readonly PublicMessage[], work: Work): Promise<void> {
    const newest = newestOf(ofTypes<ConnectorMessage>(batch, connectorDefined), ({ body }) => body.connector);
    if (newest.length === 0) return;
    const known = await this.known(newest.map(({ body }) => body.connector));
    const news = newest.filter((message) => {
      const row = known.get(message.body.connector);
      return row === undefined || isAfter(message, row);
    });
    if (news.length === 0) return;
    this.write(work, news);
    const changed = news.filter(({ body }) => !isSame(known.get(body.connector)?.sources ?? null, sourcesIn(body)));
    if (changed.length === 0) return;
    work.run(`update catalog_version set version = version + 1`);
    const catalog = await this.catalog.current();
    for (const message of changed) {
      const { connector } = message.body;
      const applications = catalog.servedBy(connector);
      if (applications.length === 0) continue;
      const change = { kind: 'connector', id: connector, version: message.sequence } as const;
      this.recompute.stageRead(work, message, change, { connector, applications, sources: sourcesIn(message.body) });
    }
  }

  private async known(connectors: readonly string[]): Promise<Map<string, Known>> {
    const rows = await this.db.query<Known & Record<string, unknown>>(
      `select connector, sources, epoch, sequence from connector_sources where connector = any($1::text[])`,
      [connectors],
    );
    return new Map(rows.map((row) => [row.connector, row]));
  }

  private write(work: Work, messages: readonly PublicMessage<ConnectorMessage>[]): void {
    const rows = messages.map(({ body, epoch, sequence }) => ({
      connector: body.connector,
      sources: sourcesIn(body),
      epoch,
      sequence,
    }));
    work.run(
      `insert into connector_sources as s (connector, sources, epoch, sequence)
       select connector, sources, epoch, sequence
       from jsonb_to_recordset($1::jsonb) as x(connector text, sources text[], epoch int, sequence int)
       on conflict (connector) do update set sources = excluded.sources, epoch = excluded.epoch, sequence = excluded.sequence
       where (excluded.epoch, excluded.sequence) > (s.epoch, s.sequence)`,
      [JSON.stringify(rows)],
    );
  }
}

/** Sorted, each once; null for all. A message older than the field reads all. */
const sourcesIn = ({ sources }: ConnectorMessage): readonly string[] | null =>
  sources === undefined ? null : [...new Set(sources)].sort();

const isSame = (one: readonly string[] | null, other: readonly string[] | null): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
