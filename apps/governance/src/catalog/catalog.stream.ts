import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { type Change, EventStream, type Loaded, type StoredState } from '#libs/event-store/event-stream.js';
import { definedFold, type Defined } from './catalog-document.js';
import { applicationConnectors } from './application-connectors.projection.js';
import { catalogRows } from './catalog-rows.projection.js';
import type {
  AccessPackageDefined,
  ApplicationDefined,
  BirthrightRuleDefined,
  MoverRuleDefined,
  NameRuleDefined,
  SeparationRuleDefined,
  WorkflowDefined,
} from './catalog.events.js';
import type {
  AccessPackage,
  Application,
  BirthrightRule,
  CatalogDocuments,
  CatalogKind,
  MoverRule,
  NameRule,
  SeparationRule,
  Workflow,
} from '../policy/policy.exports.js';

@Injectable()
export class Applications extends EventStream<Defined<Application>, ApplicationDefined> {
  constructor(store: EventStore) {
    super(store, {
      category: 'application',
      fold: definedFold('application'),
      readModels: [catalogRows('application'), applicationConnectors],
    });
  }
}

@Injectable()
export class AccessPackages extends EventStream<Defined<AccessPackage>, AccessPackageDefined> {
  constructor(store: EventStore) {
    super(store, {
      category: 'access-package',
      fold: definedFold('access-package'),
      readModels: [catalogRows('access-package')],
    });
  }
}

@Injectable()
export class BirthrightRules extends EventStream<Defined<BirthrightRule>, BirthrightRuleDefined> {
  constructor(store: EventStore) {
    super(store, {
      category: 'birthright-rule',
      fold: definedFold('birthright-rule'),
      readModels: [catalogRows('birthright-rule')],
    });
  }
}

@Injectable()
export class SeparationRules extends EventStream<Defined<SeparationRule>, SeparationRuleDefined> {
  constructor(store: EventStore) {
    super(store, {
      category: 'separation-rule',
      fold: definedFold('separation-rule'),
      readModels: [catalogRows('separation-rule')],
    });
  }
}

@Injectable()
export class MoverRules extends EventStream<Defined<MoverRule>, MoverRuleDefined> {
  constructor(store: EventStore) {
    super(store, {
      category: 'mover-rule',
      fold: definedFold('mover-rule'),
      readModels: [catalogRows('mover-rule')],
    });
  }
}

@Injectable()
export class NameRuleStreams extends EventStream<Defined<NameRule>, NameRuleDefined> {
  constructor(store: EventStore) {
    super(store, {
      category: 'name-rule',
      fold: definedFold('name-rule'),
      readModels: [catalogRows('name-rule')],
    });
  }
}

@Injectable()
export class WorkflowStreams extends EventStream<Defined<Workflow>, WorkflowDefined> {
  constructor(store: EventStore) {
    super(store, { category: 'workflow', fold: definedFold('workflow'), readModels: [catalogRows('workflow')] });
  }
}

type AnyDocument = Defined<CatalogDocuments[CatalogKind]>;

/** What reads documents of one kind. */
interface Documents {
  loadRows(rows: readonly StoredState[]): Promise<Loaded<AnyDocument>[]>;
  whole(
    ids: readonly string[],
    options?: { readonly until?: string },
  ): Promise<readonly Pick<Change<AnyDocument, unknown>, 'id' | 'version' | 'after'>[]>;
}

/** The streams of all kinds of documents. */
@Injectable()
export class DocumentStreams {
  private readonly byKind: Readonly<Record<CatalogKind, Documents>>;

  constructor(
    applications: Applications,
    packages: AccessPackages,
    rules: BirthrightRules,
    separations: SeparationRules,
    movers: MoverRules,
    names: NameRuleStreams,
    workflows: WorkflowStreams,
  ) {
    this.byKind = {
      application: applications,
      'access-package': packages,
      'birthright-rule': rules,
      'separation-rule': separations,
      'mover-rule': movers,
      'name-rule': names,
      workflow: workflows,
    };
  }

  of(kind: CatalogKind): Documents {
    return this.byKind[kind];
  }
}
