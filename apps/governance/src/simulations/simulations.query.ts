import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { csvCell } from '#libs/text/csv-cell.js';
import { titledIn, type TitledEntitlement } from '../catalog/catalog.exports.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { CurrentCatalog } from '../people/people.exports.js';
import { hiredId } from './simulate.process.js';
import { type SimulatedChange, type Simulation, Simulations } from './simulations.store.js';

/** One person whom the proposal would touch. */
export type SimulatedPersonView = NamedPerson & {
  readonly gains: readonly TitledEntitlement[];
  readonly loses: readonly TitledEntitlement[];
};

export interface SimulatedEffectView {
  readonly entitlement: TitledEntitlement;
  readonly gains: number;
  readonly loses: number;
}

export interface SimulationView extends Pick<
  Simulation,
  'id' | 'status' | 'startedAt' | 'finishedAt' | 'expiresAt' | 'total' | 'checked' | 'touched' | 'gains' | 'loses'
> {
  readonly entitlements: readonly SimulatedEffectView[];
  readonly sample: readonly SimulatedPersonView[];
  readonly href: string;
  readonly csv: string;
}

/** Entitlements and people named in the answer itself. */
const entitlementsShown = 500;
const sampleSize = 20;
const csvPage = 500;

export class GetSimulation extends Query<SimulationView> {
  constructor(readonly id: string) {
    super();
  }
}

export class ListSimulatedChanges extends Query<Page<SimulatedPersonView>> {
  constructor(
    readonly id: string,
    readonly part: ListPart,
  ) {
    super();
  }
}

export class DownloadSimulatedChanges extends Query<AsyncIterable<string>> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetSimulation)
export class GetSimulationHandler implements IQueryHandler<GetSimulation> {
  constructor(
    private readonly simulations: Simulations,
    private readonly catalog: CurrentCatalog,
    private readonly names: Names,
  ) {}

  async execute({ id }: GetSimulation): Promise<SimulationView> {
    const simulation = await this.simulations.get(id);
    const [catalog, effects, sample] = await Promise.all([
      this.catalog.current(),
      this.simulations.effects(id, entitlementsShown),
      this.simulations.changes(id, { after: null, limit: sampleSize }),
    ]);
    const { proposal: _, position: __, catalogVersion: ___, ...shown } = simulation;
    const name = await nameIn(simulation, sample, this.names);
    return {
      ...shown,
      entitlements: effects.flatMap(({ entitlement, gains, loses }) =>
        titledIn(catalog, [entitlement]).map((titled) => ({ entitlement: titled, gains, loses })),
      ),
      sample: sample.map((one) => personView(one, name, catalog)),
      href: `/governance/v1/simulations/${id}/changes`,
      csv: `/governance/v1/simulations/${id}/changes.csv`,
    };
  }
}

@QueryHandler(ListSimulatedChanges)
export class ListSimulatedChangesHandler implements IQueryHandler<ListSimulatedChanges> {
  constructor(
    private readonly simulations: Simulations,
    private readonly catalog: CurrentCatalog,
    private readonly names: Names,
  ) {}

  async execute({ id, part: { limit, cursor, filter } }: ListSimulatedChanges): Promise<Page<SimulatedPersonView>> {
    const simulation = await this.simulations.get(id);
    const [after = null] = decodeCursor(cursor, ['uuid']) ?? [];
    const changes = await this.simulations.changes(id, { after, limit: limit + 1, filter });
    const [catalog, name] = await Promise.all([this.catalog.current(), nameIn(simulation, changes, this.names)]);
    const view = (one: SimulatedChange): SimulatedPersonView => personView(one, name, catalog);
    return pageOf(changes, limit, ({ identityId }) => [identityId], view);
  }
}

@QueryHandler(DownloadSimulatedChanges)
export class DownloadSimulatedChangesHandler implements IQueryHandler<DownloadSimulatedChanges> {
  constructor(
    private readonly simulations: Simulations,
    private readonly names: Names,
  ) {}

  async execute({ id }: DownloadSimulatedChanges): Promise<AsyncIterable<string>> {
    return this.lines(await this.simulations.get(id));
  }

  private async *lines(simulation: Simulation): AsyncGenerator<string> {
    yield 'id,employeeId,displayName,change,application,kind,name\r\n';
    for (let after: string | null = null; ;) {
      const changes = await this.simulations.changes(simulation.id, { after, limit: csvPage });
      const name = await nameIn(simulation, changes, this.names);
      yield changes.map((one) => csvLines(one, name(one.identityId))).join('');
      after = changes.at(-1)?.identityId ?? null;
      if (changes.length < csvPage) return;
    }
  }
}

function csvLines({ gains, loses }: SimulatedChange, { id, employeeId, displayName }: NamedPerson): string {
  const line = (change: string, one: SimulatedChange['gains'][number]): string => {
    const { application, kind, name } = entitlementOf(one.application, one);
    return [id, employeeId, displayName, change, application, kind, name].map((cell) => csvCell(cell ?? '')).join(',');
  };
  const lines = [...gains.map((one) => line('gains', one)), ...loses.map((one) => line('loses', one))];
  return lines.map((text) => `${text}\r\n`).join('');
}

function personView(
  { identityId, gains, loses }: SimulatedChange,
  name: (id: string) => NamedPerson,
  catalog: Parameters<typeof titledIn>[0],
): SimulatedPersonView {
  return { ...name(identityId), gains: titledIn(catalog, gains), loses: titledIn(catalog, loses) };
}

/** People by their identities, and those who might be hired by the proposal. */
async function nameIn(
  { id, proposal }: Simulation,
  changes: readonly SimulatedChange[],
  names: Names,
): Promise<(id: string) => NamedPerson> {
  const hired = new Map(
    proposal.hires.map(({ employeeId, preferredName, givenName, familyName }, index) => {
      const displayName = [preferredName ?? givenName, familyName].filter((part) => part !== undefined).join(' ');
      return [hiredId(id, index), { id: hiredId(id, index), employeeId, displayName }];
    }),
  );
  const known = await names.of(changes.map(({ identityId }) => identityId).filter((one) => !hired.has(one)));
  return (one) => hired.get(one) ?? known(one);
}
