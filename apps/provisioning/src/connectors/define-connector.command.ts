import { isDeepStrictEqual } from 'node:util';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { requireMatch } from '#libs/service-kit/input/etag.js';
import { type AccountTerms, releaseForbidden } from '../accounts/accounts.exports.js';
import { define } from './connector.js';
import { ConnectorBrake } from './connector-brake.process.js';
import type { ConnectorDocument } from './connector-document.js';
import { CountImpact } from './impact-jobs.process.js';
import type { ComparedTerms } from './impact-jobs.store.js';
import { StatedDocuments } from './stated-documents.process.js';
import type { ConnectorDto } from './connector.dto.js';
import type { DesiredStateRequested } from './connector.events.js';
import { Connectors } from './connectors.stream.js';
import { connectorsChannel } from './connectors-channel.js';
import { ConnectorRows } from './connectors.query.js';

export interface Defined {
  readonly created: boolean;
  /** Counts the people whom the change affects; null where it affects no account. */
  readonly job: string | null;
}

/** States a connector whole; a new one also asks governance for the desired access of its applications. */
export class DefineConnector extends Command<Defined> {
  constructor(
    readonly id: string,
    readonly stated: ConnectorDto,
    readonly ifMatch: string | undefined,
    /** How many people may lose their account; null: as few as need no confirmation. */
    readonly confirmed: number | null,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(DefineConnector)
export class DefineConnectorHandler implements ICommandHandler<DefineConnector> {
  constructor(
    private readonly connectors: Connectors,
    private readonly rows: ConnectorRows,
    private readonly documents: StatedDocuments,
    private readonly db: Database,
    private readonly impact: CountImpact,
    private readonly brake: ConnectorBrake,
  ) {}

  async execute({ id, stated, ifMatch, confirmed, causation }: DefineConnector): Promise<Defined> {
    const applications = await this.rows.applicationsOf(id);
    // Once, before the work that is repeated when somebody else is faster: the application is asked.
    await this.documents.known(id, stated, (await this.connectors.load(id)).state.document);
    const former: { document: ConnectorDocument | null; job: string | null } = { document: null, job: null };
    await this.connectors.transact(
      id,
      async (before, version) => {
        requireMatch(ifMatch, version);
        former.document = before.document;
        const document = this.documents.of(id, stated, before.document);
        await this.brake.check(id, before.document, document, confirmed);
        const defined = define(id, document, before);
        const asked: DesiredStateRequested = {
          type: 'DesiredStateRequested',
          v: 1,
          data: { connector: id, applications },
        };
        return former.document === null ? [...defined, asked] : defined;
      },
      causation,
      (work, { state, version, facts: [fact] }) => {
        if (!isDeepStrictEqual(former.document?.auth, state.document?.auth)) releaseForbidden(work, applications);
        const changed = changedTerms(former.document, state.document);
        former.job = fact === undefined || changed === null ? null : fact.id;
        if (former.job !== null && changed !== null)
          this.impact.stage(work, former.job, version, { connector: id, ...changed });
        work.onCommitted(() => this.db.notifier.notify(connectorsChannel));
      },
    );
    return { created: former.document === null, job: former.job };
  }
}

/** What of a document says who gets an account, and what is written into it. */
const termsOf = ({ mapping, mappingDefaults, scope, defaultDomain }: ConnectorDocument): AccountTerms => ({
  mapping,
  mappingDefaults,
  scope,
  defaultDomain,
  pull: [],
  matching: null,
});

/** The terms of both documents; null where they are the same. */
function changedTerms(
  before: ConnectorDocument | null,
  after: ConnectorDocument | null,
): Pick<ComparedTerms, 'before' | 'after'> | null {
  if (after === null) return null;
  const terms = { before: before === null ? null : termsOf(before), after: termsOf(after) };
  return isDeepStrictEqual(terms.before, terms.after) ? null : terms;
}
