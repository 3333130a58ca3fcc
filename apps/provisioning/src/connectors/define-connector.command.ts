import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Cause } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import { AddressGuard, AddressRefused } from '#libs/scim/client/address-guard.js';
import { requireMatch } from '#libs/service-kit/etag.js';
import { InvalidInput, type ProblemError } from '#libs/service-kit/problem.js';
import { pathOf } from '../accounts/scim-attributes.js';
import { define } from './connector.js';
import type { ConnectorDocument, MappingEntry } from './connector-document.js';
import type { ConnectorDto, MappingEntryDto } from './connector.dto.js';
import type { DesiredStateRequested } from './connector.events.js';
import { originOf, storedAuth } from './connector-secrets.js';
import { Connectors } from './connectors.stream.js';
import { connectorsBell } from './connectors-bell.js';
import { ConnectorRows } from './connectors.query.js';

/** States a connector whole; a new one also asks governance for the desired access of its applications. */
export class DefineConnector extends Command<{ readonly created: boolean }> {
  constructor(
    readonly id: string,
    readonly stated: ConnectorDto,
    readonly ifMatch: string | undefined,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(DefineConnector)
export class DefineConnectorHandler implements ICommandHandler<DefineConnector> {
  constructor(
    private readonly connectors: Connectors,
    private readonly rows: ConnectorRows,
    private readonly masterKey: MasterKey,
    private readonly guard: AddressGuard,
    private readonly db: Database,
  ) {}

  async execute({ id, stated, ifMatch, cause }: DefineConnector): Promise<{ created: boolean }> {
    const { state, version } = await this.connectors.load(id);
    requireMatch(ifMatch, version);
    const document = this.documentOf(id, stated, state.document);
    const applications = state.document === null ? await this.rows.applicationsOf(id) : [];
    await this.connectors.transact(
      id,
      (now) => {
        const defined = define(id, document, now);
        const asked: DesiredStateRequested = {
          type: 'DesiredStateRequested',
          v: 1,
          data: { connector: id, applications },
        };
        return now.document === null ? [...defined, asked] : defined;
      },
      cause,
      (work) => work.onCommitted(() => this.db.doorbell.ring(connectorsBell)),
    );
    return { created: state.document === null };
  }

  private documentOf(id: string, stated: ConnectorDto, before: ConnectorDocument | null): ConnectorDocument {
    const moved = before !== null && originOf(before.baseUrl) !== originOf(stated.baseUrl);
    const stored = storedAuth(id, stated.auth, before?.auth ?? null, moved, this.masterKey);
    const entries = (stated.mapping ?? []).map(entryOf);
    const addresses = [
      this.addressProblem('/baseUrl', stated.baseUrl),
      this.addressProblem('/auth/tokenUrl', stated.auth['tokenUrl']),
    ];
    const problems = [
      ...addresses.flat(),
      ...('problems' in stored ? stored.problems : []),
      ...entries.flatMap((e) => e.problems),
    ];
    if (problems.length > 0 || 'problems' in stored) throw new InvalidInput(problems);
    const mapping = entries.map(({ entry }) => entry);
    return { ...plainFields(id, stated), auth: stored.auth, mapping, baseUrl: stated.baseUrl };
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

/** What needs no checking beyond the DTO's, with the defaults of design §9. */
function plainFields(id: string, stated: ConnectorDto): Omit<ConnectorDocument, 'auth' | 'mapping' | 'baseUrl'> {
  return {
    displayName: stated.displayName ?? id,
    mode: stated.mode ?? 'observe',
    protocol: stated.protocol,
    mappingDefaults: stated.mappingDefaults ?? true,
    groups: { create: stated.groups?.create ?? true },
    deprovision: {
      onUnassign: stated.deprovision?.onUnassign ?? 'disable',
      onLeave: stated.deprovision?.onLeave ?? 'disable',
    },
    onDisable: stated.onDisable ?? 'strip',
    limits: { concurrency: stated.limits?.concurrency ?? 32 },
  };
}

function entryOf(
  { target, type, source, value, default: otherwise, apply }: MappingEntryDto,
  index: number,
): { entry: MappingEntry; problems: ProblemError[] } {
  const at = `/mapping/${index}`;
  const problems: ProblemError[] = [];
  if (pathOf(target) === null)
    problems.push({ pointer: `${at}/target`, detail: 'is not an attribute path that can be written' });
  if (type === 'direct' && source === undefined)
    problems.push({ pointer: `${at}/source`, detail: 'is missing: name an attribute of the identity' });
  if (type === 'constant' && (value === undefined || value === null))
    problems.push({ pointer: `${at}/value`, detail: 'is missing: give the constant' });
  const entry = {
    target,
    type,
    source: source ?? null,
    value: value ?? null,
    expression: null,
    default: otherwise ?? null,
    apply: apply ?? 'always',
  } as const;
  return { entry, problems };
}
