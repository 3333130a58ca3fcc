import { AddressRefused, type AddressGuard } from '#libs/outgoing/address-guard.js';
import type { MasterKey } from '#libs/event-store/master-key.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import {
  attributesRead,
  compileRest,
  profileOf,
  type RestDescription,
  type Protection,
  protectionFaults,
} from '../targets/targets.exports.js';
import type { ConnectorDocument } from './connector-document.js';
import {
  accountFileOf,
  accountFileProblems,
  calledProblems,
  taskTimesOf,
  taskTimesProblems,
} from './connector-tasks.js';
import type { ConnectorDto } from './connector.dto.js';
import { egressProblems, statedEgress } from './connector-egress.js';
import { makesGroups, profiled } from './connector-profile.js';
import { originOf, storedAuth } from './connector-secrets.js';
import { mappingOf } from '../accounts/accounts.exports.js';
import { mappingEntriesOf, scopeProblems } from './mapping-entries.js';
import { chosenProblems, matchingProblems, matchingRulesOf } from './matching-rules.js';
import { failedTests } from './mapping-tests.js';
import { nonPersonProblems } from './non-persons.js';
import { scheduleProblems, windowOf } from '../coverages/coverages.exports.js';
import { reconcileOf, reconcileProblems } from './reconcile-terms.js';
import { pullProblems, pullRulesOf } from './pull-rules.js';
import type { SecretReferences } from './secret-references.config.js';
import {
  deprovisionOf,
  deprovisionProblems,
  groupsOf,
  groupsProblems,
  limitsOf,
  quarantineOf,
  retryOf,
  thresholdOf,
} from './stated-terms.js';

/** What is needed to check and store a document. */
export interface Keeping {
  readonly masterKey: MasterKey;
  readonly guard: AddressGuard;
  readonly secrets: SecretReferences;
}

/** With an empty address and no credentials where none are given. */
type Stated = Omit<ConnectorDto, 'baseUrl' | 'auth'> & {
  readonly baseUrl: string;
  readonly auth: Readonly<Record<string, unknown>>;
};

const statedOf = (input: ConnectorDto): Stated =>
  Object.assign({}, input, { baseUrl: input.baseUrl ?? '', auth: input.auth ?? { type: 'none' } });

/** What an administrator stated, with secrets sealed and defaults filled in. @throws InvalidInput naming everything that is wrong */
export function documentOf(
  id: string,
  input: ConnectorDto,
  before: ConnectorDocument | null,
  kept: Keeping,
): ConnectorDocument {
  const stated = statedOf(input);
  const stored = storedAuth(id, stated.auth, before?.auth ?? null, isMoved(before, stated), kept);
  const plain = plainFields(id, stated);
  const { entries, problems: mapping } = mappingEntriesOf(stated.mapping ?? [], plain);
  const chosen = profiled(stated.profile, { ...plain, mapping: entries });
  const problems = [
    ...modeProblem(id, stated, before),
    ...calledProblems({ ...stated, authType: stated.auth['type'], describes: plain.rest !== null, file: plain.file }),
    ...taskTimesProblems(plain.tasks),
    ...accountFileProblems(plain.file),
    ...addressProblem(kept.guard, '/baseUrl', stated.baseUrl),
    ...addressProblem(kept.guard, '/auth/tokenUrl', stated.auth['tokenUrl']),
    ...problemsIn(stored),
    ...mapping,
    ...problemsIn(chosen),
    ...egressProblems(plain.egress, (reference) => kept.secrets.problem(id, reference)),
    ...addressProblem(kept.guard, '/egress/proxy', plain.egress.proxy),
    ...expiryProblem(stated, chosen),
    ...(mapping.length > 0 ? [] : failedTests(entries, plain)),
    ...matchingProblems(stated.matching, plain.sensitive),
    ...chosenProblems(entries, stated.matching),
    ...pullProblems(stated.pull),
    ...scopeProblems(stated.scope),
    ...nonPersonProblems(stated.nonPersons),
    ...deprovisionProblems(stated),
    ...reconcileProblems(stated),
    ...scheduleProblems({ every: plain.reconcile.every, window: plain.window }),
    ...groupsProblems(stated),
    ...restProblems(stated, mapping.length > 0 ? null : mappingOf(entries, plain.mappingDefaults).targets, kept.guard),
    ...protectionProblems(plain.protected),
  ];
  if (problems.length > 0 || 'problems' in stored || 'problems' in chosen) throw new InvalidInput(problems);
  return { ...plain, ...chosen, auth: stored.auth, baseUrl: stated.baseUrl };
}

const isMoved = (before: ConnectorDocument | null, { baseUrl }: Stated): boolean =>
  before !== null && originOf(before.baseUrl) !== originOf(baseUrl);

const problemsIn = (result: object | { readonly problems: ProblemError[] }): ProblemError[] =>
  'problems' in result ? result.problems : [];

/** Tokens of some applications live for a known time: without the date nobody is warned. */
function expiryProblem({ auth }: Stated, chosen: ReturnType<typeof profiled>): ProblemError[] {
  const { tokenDays } = 'problems' in chosen ? { tokenDays: null } : profileOf(chosen.profile);
  if (tokenDays === null || (auth['expiresAt'] ?? null) !== null) return [];
  const detail = `is missing: tokens of this application live ${tokenDays} days; say when this one ends`;
  return [{ pointer: '/auth/expiresAt', detail }];
}

function protectionProblems(protection: Protection | null): ProblemError[] {
  if (protection === null) return [];
  return protectionFaults(protection).map(([field, detail]) => ({ pointer: `/protected/${field}`, detail }));
}

function protectionOf(stated: ConnectorDto['protected']): Protection | null {
  if (stated === undefined || stated === null) return null;
  const { accounts, accountFilter, groups, groupFilter } = stated;
  return {
    accounts: accounts ?? [],
    accountFilter: accountFilter ?? null,
    groups: groups ?? [],
    groupFilter: groupFilter ?? null,
  };
}

function restProblems(
  { protocol, rest, baseUrl, deprovision }: Stated,
  targets: readonly string[] | null,
  guard: AddressGuard,
): ProblemError[] {
  const stated = rest ?? null;
  if (stated === null) return protocol === 'rest' ? [noDescription] : [];
  const { description, problems } = compileRest(stated, protocol === 'rest' ? 'everything' : 'roles');
  if (description === null) return problems;
  const needsRemoval = description.accounts?.remove === null && deletes(deprovision ?? {});
  return [
    ...unwrittenSources(description, targets),
    ...(needsRemoval ? [noRemoval] : []),
    ...restAddressProblem(description.baseUrl, baseUrl, guard),
  ];
}

/** @param targets of the mapping; null where it is wrong itself */
function unwrittenSources({ accounts }: RestDescription, targets: readonly string[] | null): ProblemError[] {
  if (accounts === null || targets === null) return [];
  return attributesRead(accounts)
    .filter(([, source]) => !targets.includes(source))
    .map(([field, source]) => ({
      pointer: `/rest/accounts/${field}`,
      detail: `reads [${source}], which the mapping does not write: give one of ${targets.join(', ')}, or map it`,
    }));
}

function restAddressProblem(address: string | null, baseUrl: string, guard: AddressGuard): ProblemError[] {
  if (address === null) return [];
  if (originOf(address) === originOf(baseUrl)) return addressProblem(guard, '/rest/baseUrl', address);
  const detail = 'is at another host than baseUrl: the credentials in auth are for that one alone';
  return [{ pointer: '/rest/baseUrl', detail }];
}

const noDescription = { pointer: '/rest', detail: 'is missing: describe the API of the application' };
const noRemoval = {
  pointer: '/rest/accounts/remove',
  detail: 'is missing, and deprovision deletes accounts: describe it, or give disable',
};

const deletes = ({ onLeave, onUnassign, deleteAfter }: Partial<ConnectorDocument['deprovision']>): boolean =>
  onLeave === 'delete' || onUnassign === 'delete' || (deleteAfter ?? null) !== null;

function addressProblem(guard: AddressGuard, pointer: string, address: unknown): ProblemError[] {
  if (typeof address !== 'string' || !URL.canParse(address)) return [];
  try {
    guard.check(new URL(address));
    return [];
  } catch (error) {
    if (!(error instanceof AddressRefused)) throw error;
    return [{ pointer, detail: error.message }];
  }
}

/**
 * A new connector may enforce at once. An observing one is released by an owner of its application. An enforcing one
 * stops only if the document says so: an unintended default would leave the accounts of leavers enabled.
 */
function modeProblem(id: string, { mode }: Stated, before: ConnectorDocument | null): ProblemError[] {
  if ((mode ?? null) === null && before?.mode === 'enforce') {
    return [
      { pointer: '/mode', detail: 'is missing; it was enforce: give enforce to keep it, or observe to stop writing' },
    ];
  }
  if (mode !== 'enforce' || before?.mode !== 'observe') return [];
  const detail = `is observe until it is released: POST /provisioning/v1/connectors/${id}/release`;
  return [{ pointer: '/mode', detail }];
}

function mappingFields({
  mappingDefaults,
  mappingTests,
  sensitive,
  defaultDomain,
}: Stated): Pick<ConnectorDocument, 'mappingDefaults' | 'mappingTests' | 'sensitive' | 'defaultDomain'> {
  const tests = (mappingTests ?? []).map(({ name, attributes, expect, now }) => ({
    name,
    attributes,
    expect,
    now: (now ?? null) === null ? standardNow : utcOf(now ?? ''),
  }));
  return {
    mappingDefaults: mappingDefaults ?? true,
    mappingTests: tests,
    sensitive: sensitive ?? [],
    defaultDomain: defaultDomain ?? null,
  };
}

/** The time of a test of a mapping that says none. */
const standardNow = '2026-01-01T00:00:00.000Z';

/** What needs no checking beyond the DTO's, with the defaults of design §9. */
function plainFields(id: string, stated: Stated): Omit<ConnectorDocument, 'auth' | 'mapping' | 'baseUrl' | 'profile'> {
  return {
    displayName: stated.displayName ?? id,
    mode: stated.mode ?? 'observe',
    protocol: stated.protocol,
    ...mappingFields(stated),
    groups: groupsOf(stated.groups ?? {}, makesGroups(stated.profile, stated.protocol)),
    deprovision: deprovisionOf(stated.deprovision ?? {}),
    matching: matchingRulesOf(stated.matching),
    pull: pullRulesOf(stated.pull),
    nonPersons: (stated.nonPersons ?? []).map(({ kind, accounts, filter }) => ({
      kind,
      accounts: accounts ?? [],
      filter: filter ?? null,
    })),
    scope: stated.scope ?? null,
    onDisable: stated.onDisable ?? 'strip',
    rest: stated.rest ?? null,
    protected: protectionOf(stated.protected),
    egress: statedEgress(stated.egress ?? undefined),
    limits: limitsOf(stated.limits),
    retry: retryOf(stated.retry),
    quarantine: quarantineOf(stated.quarantine),
    accidentalDeletionThreshold: thresholdOf(stated.accidentalDeletionThreshold),
    reconcile: reconcileOf(stated.reconcile),
    window: windowOf(stated.window),
    tasks: taskTimesOf(stated.tasks),
    file: accountFileOf(stated.file),
  };
}
