import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
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
} from './catalog.events.js';
import type {
  AccessPackage,
  Application,
  BirthrightRule,
  MoverRule,
  NameRule,
  SeparationRule,
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
