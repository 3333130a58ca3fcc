import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { DomainError } from '#libs/event-store/core.js';
import { Clock } from '#libs/system/clock.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { AccessRules, type GivenPackages, type Impact } from '../brake/brake.exports.js';
import { changedFields, type WorkerField } from './attributes.js';
import { endMs } from './employment.js';
import { impactOf } from './impact.js';
import type { StatedWorker } from './record-workers.command.js';
import { mentionedIn, readStatement } from './statement.input.js';
import { OtherPerson } from './worker.errors.js';
import { WorkerLookup, type Found } from './worker-lookup.query.js';
import type { Today, Worker } from './worker.js';

/** The effect of one statement, if it were applied now. */
export interface Forecast {
  /** Null of a worker who is not known. */
  readonly worker: string | null;
  readonly displayName: string;
  readonly impact: Impact | null;
  /** Instant of the end it states; null when it states none. */
  readonly endsAt: string | null;
  /** The fields in which it is about another person than the known one; null when it is about the same. */
  readonly otherPerson: OtherPerson | null;
  /** Former and new values of what it changes, of a worker who is known. */
  readonly changes: Readonly<Partial<Record<WorkerField, readonly [before: unknown, after: unknown]>>>;
  readonly rejected: boolean;
}

/** Reads statements as `RecordWorkers` would, and changes nothing. One forecast for each, in their order. */
export class ForecastWorkers extends Query<readonly Forecast[]> {
  constructor(readonly stated: readonly Omit<StatedWorker, 'causation'>[]) {
    super();
  }
}

@QueryHandler(ForecastWorkers)
export class ForecastWorkersHandler implements IQueryHandler<ForecastWorkers> {
  constructor(
    private readonly lookup: WorkerLookup,
    private readonly rules: AccessRules,
    private readonly clock: Clock,
    private readonly settings: ServiceSettings,
  ) {}

  async execute({ stated }: ForecastWorkers): Promise<readonly Forecast[]> {
    const { HUB_TIME_ZONE: defaultZone, CONTRACTOR_MAX_DAYS: contractorDays } = this.settings;
    const today = { nowMs: Date.parse(this.clock.now()), defaultZone, contractorDays };
    const found = await this.lookup.find(
      stated.map(({ employeeId, fields }) => ({ employeeId, personId: null, mentioned: mentionedIn(fields) })),
    );
    const rules = await this.rules.current();
    return stated.map((record) => forecastOf(record, found, today, rules));
  }
}

function forecastOf(
  record: Omit<StatedWorker, 'causation'>,
  found: Found,
  today: Today & { readonly contractorDays: number },
  rules: GivenPackages,
): Forecast {
  try {
    const read = readStatement(record, found, today);
    const { state } = read.loaded;
    const known = state.status === 'known' ? state : null;
    if (read.is === 'broken') return { ...nothing, worker: known?.worker ?? null, rejected: true };
    return {
      ...nothing,
      worker: known?.worker ?? null,
      displayName: nameOf(known?.attributes ?? read.attributes),
      impact: impactOf(state, read.attributes, today, rules),
      endsAt: endOf(read.attributes, today),
      changes: changesOf(state, read.attributes),
    };
  } catch (error) {
    return forecastOfRefusal(error);
  }
}

/** @throws what is no refusal */
function forecastOfRefusal(error: unknown): Forecast {
  if (error instanceof OtherPerson) {
    const { worker, attributes } = error.known;
    return { ...nothing, worker, displayName: nameOf(attributes), otherPerson: error };
  }
  if (error instanceof DomainError) return { ...nothing, rejected: true };
  throw error;
}

const nothing: Forecast = {
  worker: null,
  displayName: '',
  impact: null,
  endsAt: null,
  otherPerson: null,
  changes: {},
  rejected: false,
};

function changesOf(state: Worker, after: WorkerAttributes): Forecast['changes'] {
  if (state.status === 'unknown' || state.attributes === null) return {};
  const { attributes } = state;
  return Object.fromEntries(
    changedFields(attributes, after).map((field) => [field, [attributes[field], after[field]]]),
  );
}

/** How lists call a worker. */
export const nameOf = ({ preferredName, givenName, familyName }: WorkerAttributes): string =>
  [preferredName ?? givenName, familyName].filter((part) => part !== undefined && part !== '').join(' ');

/** The instant at which access ends by a record; null when it says none. */
export function endOf(attributes: WorkerAttributes, { defaultZone }: Pick<Today, 'defaultZone'>): string | null {
  const end = endMs(attributes, defaultZone);
  return Number.isFinite(end) ? new Date(end).toISOString() : null;
}
