import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import {
  accessPackageDefined,
  applicationDefined,
  birthrightRuleDefined,
  moverRuleDefined,
  nameRuleDefined,
  separationRuleDefined,
  type AccessPackageMessage,
  type ApplicationMessage,
  type BirthrightRuleMessage,
  type MoverRuleMessage,
  type NameRuleMessage,
  type SeparationRuleMessage,
  type WorkflowDocumentMessage,
  workflowDefined,
} from '#libs/contracts/catalog.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { CatalogEvent } from './catalog.events.js';
import { filledDocument, packageMeantBy, type Application } from '../policy/policy.exports.js';

/** Each definition is the document as it stands on `hub.governance.catalog`. */
export function publishedCatalog(fact: RecordedFact<CatalogEvent>): PublicMessage[] {
  const about = { topic: topics.catalog, key: fact.data.id };
  switch (fact.type) {
    case 'ApplicationDefined': {
      const { id, document } = fact.data;
      const body = applicationBody(id, filledDocument('application', document));
      return [messageOf(serviceName, fact, { ...about, type: applicationDefined, body })];
    }
    case 'AccessPackageDefined': {
      const { id, document } = fact.data;
      const filled = filledDocument('access-package', document);
      const body: AccessPackageMessage = { package: id, version: fact.version, ...filled };
      return [messageOf(serviceName, fact, { ...about, type: accessPackageDefined, body })];
    }
    case 'BirthrightRuleDefined': {
      const { id, document } = fact.data;
      const body: BirthrightRuleMessage = { rule: id, ...filledDocument('birthright-rule', document) };
      return [messageOf(serviceName, fact, { ...about, type: birthrightRuleDefined, body })];
    }
    case 'SeparationRuleDefined': {
      const { id, document } = fact.data;
      const body: SeparationRuleMessage = { rule: id, ...filledDocument('separation-rule', document) };
      return [messageOf(serviceName, fact, { ...about, type: separationRuleDefined, body })];
    }
    case 'MoverRuleDefined': {
      const { id, document } = fact.data;
      const body: MoverRuleMessage = { rule: id, ...filledDocument('mover-rule', document) };
      return [messageOf(serviceName, fact, { ...about, type: moverRuleDefined, body })];
    }
    case 'NameRuleDefined': {
      const { id, document } = fact.data;
      const body: NameRuleMessage = { rule: id, ...filledDocument('name-rule', document) };
      return [messageOf(serviceName, fact, { ...about, type: nameRuleDefined, body })];
    }
    case 'WorkflowDefined': {
      const { id, document } = fact.data;
      const body: WorkflowDocumentMessage = { workflow: id, ...filledDocument('workflow', document) };
      return [messageOf(serviceName, fact, { ...about, type: workflowDefined, body })];
    }
    default:
      return unreachable(fact);
  }
}

function applicationBody(application: string, { owners, connectorId, ...document }: Application): ApplicationMessage {
  const people = owners.filter((owner) => packageMeantBy(owner) === null);
  const packages = owners.flatMap((owner) => packageMeantBy(owner) ?? []);
  return {
    application,
    ...document,
    ...(connectorId === null ? {} : { connectorId }),
    owners: people,
    ...(packages.length === 0 ? {} : { ownerPackages: packages }),
  };
}
