import { isDeepStrictEqual } from 'node:util';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import { AddressGuard, AddressRefused } from '#libs/outgoing/address-guard.js';
import { requireMatch } from '#libs/service-kit/input/etag.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { releaseForbidden } from '../accounts/accounts.exports.js';
import { define } from './connector.js';
import type { ConnectorAuth, ConnectorDocument } from './connector-document.js';
import type { ConnectorDto } from './connector.dto.js';
import type { DesiredStateRequested } from './connector.events.js';
import { originOf, storedAuth } from './connector-secrets.js';
import { SecretReferences } from './secret-references.config.js';
import { mappingEntriesOf } from './mapping-entries.js';
import { failedTests } from './mapping-tests.js';
import { Connectors } from './connectors.stream.js';
import { connectorsChannel } from './connectors-channel.js';
import { compileRest } from '../targets/targets.exports.js';
import { ConnectorRows } from './connectors.query.js';

/** States a connector whole; a new one also asks governance for the desired access of its applications. */
export class DefineConnector extends Command<{ readonly created: boolean }> {
  constructor(
    readonly id: string,
    readonly stated: ConnectorDto,
    readonly ifMatch: string | undefined,
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
    readonly masterKey: MasterKey,
    private readonly guard: AddressGuard,
    private readonly db: Database,
    readonly secrets: SecretReferences,
  ) {}

  async execute({ id, stated, ifMatch, causation }: DefineConnector): Promise<{ created: boolean }> {
    const applications = await this.rows.applicationsOf(id);
    let created = false;
    let auth: ConnectorAuth | null = null;
    await this.connectors.transact(
      id,
      async (before) => {
        requireMatch(ifMatch, (await this.connectors.load(id)).version);
        created = before.document === null;
        auth = before.document?.auth ?? null;
        const defined = define(id, this.documentOf(id, stated, before.document), before);
        const asked: DesiredStateRequested = {
          type: 'DesiredStateRequested',
          v: 1,
          data: { connector: id, applications },
        };
        return created ? [...defined, asked] : defined;
      },
      causation,
      (work, { state }) => {
        if (!isDeepStrictEqual(auth, state.document?.auth ?? null)) releaseForbidden(work, applications);
        work.onCommitted(() => this.db.notifier.notify(connectorsChannel));
      },
    );
    return { created };
  }

  private documentOf(id: string, stated: ConnectorDto, before: ConnectorDocument | null): ConnectorDocument {
    const moved = before !== null && originOf(before.baseUrl) !== originOf(stated.baseUrl);
    const stored = storedAuth(id, stated.auth, before?.auth ?? null, moved, this);
    const plain = plainFields(id, stated);
    const { entries, problems: mapping } = mappingEntriesOf(stated.mapping ?? [], plain);
    const problems = [
      ...modeProblem(id, stated, before),
      ...this.addressProblem('/baseUrl', stated.baseUrl),
      ...this.addressProblem('/auth/tokenUrl', stated.auth['tokenUrl']),
      ...('problems' in stored ? stored.problems : []),
      ...mapping,
      ...(mapping.length > 0 ? [] : failedTests(entries, plain.mappingDefaults, plain.mappingTests)),
      ...this.restProblems(stated),
    ];
    if (problems.length > 0 || 'problems' in stored) throw new InvalidInput(problems);
    return { ...plain, auth: stored.auth, mapping: entries, baseUrl: stated.baseUrl };
  }

  private restProblems({ rest, baseUrl }: ConnectorDto): ProblemError[] {
    if (rest === undefined || rest === null) return [];
    const { description, problems } = compileRest(rest);
    const address = description?.baseUrl ?? null;
    if (address === null) return problems;
    if (originOf(address) === originOf(baseUrl)) return this.addressProblem('/rest/baseUrl', address);
    const detail = 'is at another host than baseUrl: the credentials in auth are for that one alone';
    return [{ pointer: '/rest/baseUrl', detail }];
  }

  private addressProblem(pointer: string, address: unknown): ProblemError[] {
    if (typeof address !== 'string' || !URL.canParse(address)) return [];
    try {
      this.guard.check(new URL(address));
      return [];
    } catch (error) {
      if (!(error instanceof AddressRefused)) throw error;
      return [{ pointer, detail: error.message }];
    }
  }
}

/**
 * A new connector may enforce at once. An observing one is released by an owner of its application. An enforcing one
 * stops only if the document says so: an unintended default would leave the accounts of leavers enabled.
 */
function modeProblem(id: string, { mode }: ConnectorDto, before: ConnectorDocument | null): ProblemError[] {
  if ((mode ?? null) === null && before?.mode === 'enforce') {
    return [
      { pointer: '/mode', detail: 'is missing; it was enforce: give enforce to keep it, or observe to stop writing' },
    ];
  }
  if (mode !== 'enforce' || before?.mode !== 'observe') return [];
  const detail = `is observe until it is released: POST /provisioning/v1/connectors/${id}/release`;
  return [{ pointer: '/mode', detail }];
}

function deprovisionOf({
  onUnassign,
  onLeave,
}: Partial<ConnectorDocument['deprovision']>): ConnectorDocument['deprovision'] {
  return { onUnassign: onUnassign ?? 'disable', onLeave: onLeave ?? 'disable' };
}

function mappingFields({
  mappingDefaults,
  mappingTests,
  sensitive,
}: ConnectorDto): Pick<ConnectorDocument, 'mappingDefaults' | 'mappingTests' | 'sensitive'> {
  const tests = (mappingTests ?? []).map(({ name, attributes, expect, now }) => ({
    name,
    attributes,
    expect,
    now: (now ?? null) === null ? standardNow : utcOf(now ?? ''),
  }));
  return { mappingDefaults: mappingDefaults ?? true, mappingTests: tests, sensitive: sensitive ?? [] };
}

/** The time of a test of a mapping that says none. */
const standardNow = '2026-01-01T00:00:00.000Z';

function groupsOf({ create }: { readonly create?: boolean }): ConnectorDocument['groups'] {
  return { create: create ?? true };
}

/** What needs no checking beyond the DTO's, with the defaults of design §9. */
function plainFields(id: string, stated: ConnectorDto): Omit<ConnectorDocument, 'auth' | 'mapping' | 'baseUrl'> {
  return {
    displayName: stated.displayName ?? id,
    mode: stated.mode ?? 'observe',
    protocol: stated.protocol,
    ...mappingFields(stated),
    groups: groupsOf(stated.groups ?? {}),
    deprovision: deprovisionOf(stated.deprovision ?? {}),
    onDisable: stated.onDisable ?? 'strip',
    rest: stated.rest ?? null,
    limits: { concurrency: stated.limits?.concurrency ?? 32 },
  };
}
