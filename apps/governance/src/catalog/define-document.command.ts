import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation, Recorded } from '#libs/event-store/core.js';
import type { EventStream } from '#libs/event-store/event-stream.js';
import { InvalidInput } from '#libs/problems/problem.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { requireMatch } from '#libs/service-kit/input/etag.js';
import { ApplicationConnectors } from './application-connectors.query.js';
import { define, type Defined, type DefinedBy } from './catalog-document.js';
import { ConnectorInUse, ConnectorTaken } from './catalog.errors.js';
import type { AccessPackageDefined, ApplicationDefined, BirthrightRuleDefined } from './catalog.events.js';
import { Catalog } from './catalog.query.js';
import { AccessPackages, Applications, BirthrightRules } from './catalog.stream.js';
import {
  isLive,
  storedDocument,
  type AccessPackage,
  type Application,
  type BirthrightRule,
  type CatalogDocuments,
  type CatalogKind,
  type CatalogSnapshot,
} from '../policy/policy.exports.js';
import { RecomputeAccess } from '../people/people.exports.js';
import { refusePrivileged, refuseStatusAgain, refuseUnknown } from './document-rules.js';
import { withExceptionEnd } from './privileged.js';
import { PackageReleases } from './package-releases.stream.js';
import { PackageFollowers } from './package-followers.process.js';
import { KnownPeople } from './known-people.query.js';
import { unknownOwners } from './separation-rules.js';
import type { Confirmation } from './policy-brake.process.js';
import { PolicyChanges, type Follow } from './policy-changes.process.js';

export interface DefinedDocument {
  readonly version: number;
  /** Was there none before? */
  readonly created: boolean;
  /** The job that applies the change to everybody; null where there is nothing to apply. */
  readonly job: string | null;
}

export interface Definition<Document> {
  readonly id: string;
  readonly document: Document;
  readonly ifMatch: string | undefined;
  readonly causation: Causation;
}

interface RuledDefinition<Document> extends Definition<Document> {
  readonly confirmation: Confirmation;
}

export class DefineApplication extends Command<DefinedDocument> {
  constructor(readonly definition: Definition<Application>) {
    super();
  }
}

export class DefineAccessPackage extends Command<DefinedDocument> {
  constructor(readonly definition: RuledDefinition<AccessPackage>) {
    super();
  }
}

export class DefineBirthrightRule extends Command<DefinedDocument> {
  constructor(readonly definition: RuledDefinition<BirthrightRule>) {
    super();
  }
}

@CommandHandler(DefineApplication)
export class DefineApplicationHandler implements ICommandHandler<DefineApplication> {
  constructor(
    private readonly applications: Applications,
    private readonly catalog: Catalog,
    private readonly connectors: ApplicationConnectors,
    private readonly recompute: RecomputeAccess,
  ) {}

  async execute({ definition }: DefineApplication): Promise<DefinedDocument> {
    const { id, document } = definition;
    const stored = storedDocument('application', document);
    const fact: ApplicationDefined = { type: 'ApplicationDefined', v: 1, data: { id, document: stored } };
    const catalog = await this.catalog.current();
    const unknown = unknownOwners(document.owners, catalog);
    if (unknown.length > 0) throw new InvalidInput(unknown);
    refusePrivileged({ kind: 'application', id, document }, catalog);
    return await defineIn('application', this.applications, fact, definition, async (before) => {
      const former = before.document?.connectorId ?? null;
      await this.checkConnector(id, former, document.connectorId);
      return former === document.connectorId || !(await this.connectors.everUsed(id))
        ? nothingFollows
        : (work, defined) => this.readOtherwise(work, id, document.connectorId ?? '', defined, catalog);
    });
  }

  /** Another connector reads other attributes of the people who have access already. */
  private readOtherwise(work: Work, id: string, connector: string, fact: Recorded, catalog: CatalogSnapshot): string {
    const change = { kind: 'application', id, version: fact.version } as const;
    const message = { id: fact.id, correlationId: fact.correlationId, time: fact.occurredAt };
    this.recompute.stageRead(work, message, change, {
      connector,
      applications: [id],
      sources: catalog.readBy(connector),
    });
    return fact.id;
  }

  /** A connector that was once named stays: provisioning would go on with it. */
  private async checkConnector(id: string, former: string | null, connectorId: string | null): Promise<void> {
    if (former === connectorId) return;
    if (connectorId === null) throw new ConnectorInUse(former ?? '');
    const holder = await this.connectors.holderOf(connectorId);
    if (holder !== null && holder !== id) throw new ConnectorTaken(connectorId, holder);
    if (former !== null && (await this.connectors.everUsed(id))) throw new ConnectorInUse(former);
  }
}

@CommandHandler(DefineAccessPackage)
export class DefineAccessPackageHandler implements ICommandHandler<DefineAccessPackage> {
  constructor(
    private readonly packages: AccessPackages,
    private readonly catalog: Catalog,
    private readonly known: KnownPeople,
    private readonly changes: PolicyChanges,
    private readonly followers: PackageFollowers,
    private readonly releases: PackageReleases,
  ) {}

  async execute({ definition }: DefineAccessPackage): Promise<DefinedDocument> {
    const { id, document } = definition;
    const catalog = await this.catalog.current();
    refuseUnknown({ kind: 'access-package', id, document }, catalog);
    refusePrivileged({ kind: 'access-package', id, document }, catalog);
    await this.known.refuseUnknown(document);
    const stored = storedDocument('access-package', document);
    const fact: AccessPackageDefined = {
      type: 'AccessPackageDefined',
      v: 1,
      data: { id, document: stored, ...waiting(id, catalog) },
    };
    return defineIn('access-package', this.packages, fact, definition, async (before) => {
      refuseStatusAgain(id, document, before.document);
      const follow = await this.changes.check('access-package', definition, before.document);
      const release = await this.impliedRelease(definition, before.document);
      return (work, defined) => {
        release(work, defined);
        this.followers.follow(work, id, before.document, document);
        return follow(work, defined);
      };
    });
  }

  /** Nobody owns the package: then who defines a version lets what it adds reach its holders. */
  private async impliedRelease(
    { id, document, causation }: RuledDefinition<AccessPackage>,
    former: AccessPackage | null,
  ): Promise<(work: Work, defined: Recorded) => void> {
    const catalog = await this.catalog.current();
    const after = catalog.with({ kind: 'access-package', id, document });
    const next = (catalog.accessPackage(id)?.version ?? 0) + 1;
    if (former === null || catalog.owners.isOwned(id) || after.owners.isOwned(id) || !after.versions.addsIn(id, next))
      return () => undefined;
    const standing = await this.releases.load(id);
    return (work, { id: causationId, version, occurredAt: releasedAt }) => {
      const data = {
        packageId: id,
        version,
        releasedBy: actorId(causation.actor),
        releasedAt,
        withDefinition: true,
      } as const;
      this.releases.stage(work, standing, [{ type: 'PackageVersionReleased', v: 1, data }], {
        ...causation,
        causationId,
      });
    };
  }
}

/** Somebody may hold it, or what includes it: then what a version adds reaches them only once an owner has released it. */
function waiting(id: string, catalog: CatalogSnapshot): Pick<AccessPackageDefined['data'], 'additionsWait'> {
  const former = catalog.accessPackage(id)?.document;
  if (former === undefined) return {};
  return isLive(former) || catalog.inclusion.includersOf(id).length > 0 ? { additionsWait: true } : {};
}

@CommandHandler(DefineBirthrightRule)
export class DefineBirthrightRuleHandler implements ICommandHandler<DefineBirthrightRule> {
  constructor(
    private readonly rules: BirthrightRules,
    private readonly catalog: Catalog,
    private readonly changes: PolicyChanges,
    private readonly clock: Clock,
  ) {}

  async execute({ definition: asked }: DefineBirthrightRule): Promise<DefinedDocument> {
    const { id } = asked;
    const catalog = await this.catalog.current();
    const former = catalog.documentOf('birthright-rule', id)?.document ?? null;
    const document = withExceptionEnd(asked.document, former, this.clock.now());
    const definition = { ...asked, document };
    refuseUnknown({ kind: 'birthright-rule', id, document }, catalog);
    refusePrivileged({ kind: 'birthright-rule', id, document }, catalog);
    const stored = storedDocument('birthright-rule', document);
    const fact: BirthrightRuleDefined = { type: 'BirthrightRuleDefined', v: 1, data: { id, document: stored } };
    return defineIn('birthright-rule', this.rules, fact, definition, (before) =>
      this.changes.check('birthright-rule', definition, before.document),
    );
  }
}

/**
 * Appends the document if it changed, and stages the consequences.
 * @param check refuses invalid definitions and returns the consequences
 */
export async function defineIn<Kind extends CatalogKind>(
  kind: Kind,
  stream: EventStream<Defined<CatalogDocuments[Kind]>, DefinedBy[Kind]>,
  fact: DefinedBy[Kind],
  { id, ifMatch, causation }: Definition<CatalogDocuments[Kind]>,
  check: (before: Defined<CatalogDocuments[Kind]>) => Promise<Follow> | Follow,
): Promise<DefinedDocument> {
  let follow: Follow = nothingFollows;
  let job: string | null = null;
  const { version, facts } = await stream.transact(
    id,
    async (state, before) => {
      requireMatch(ifMatch, before);
      follow = await check(state);
      return define(kind, fact, state);
    },
    causation,
    (work, after) => {
      const [defined] = after.facts;
      job = defined === undefined ? null : follow(work, defined);
    },
  );
  return { version, created: version === facts.length, job };
}

const nothingFollows: Follow = () => null;
