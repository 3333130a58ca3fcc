import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Authenticator } from '#libs/auth/authenticator.js';
import { IdentityDirectory } from '#libs/auth/identity-directory.store.js';
import type { RequestLimits } from '#libs/auth/request-limits.js';
import type { TokenVerifier } from '#libs/auth/token-verifier.js';
import { sharedSchema } from '#libs/event-bus/postgres/shared-bus.migrations.js';
import type { Lag } from '#libs/event-bus/event-bus.port.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { makeEventBus } from '#libs/event-bus/make-event-bus.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { RecentMessages } from '#libs/event-bus/postgres/recent-messages.js';
import type { Notifier } from '#libs/event-store/notifier.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { rolesOf } from '#libs/event-store/database-roles.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Limits } from '#libs/event-store/limits.js';
import type { MasterKey } from '#libs/event-store/master-key.js';
import { orStopped } from '#libs/event-store/or-stopped.js';
import { Statistics } from '#libs/event-store/statistics.js';
import { SystemClock, type Clock } from '#libs/system/clock.js';
import { AnswerTable } from '../idempotency/idempotent-answer.store.js';
import type { JsonLogger } from './json-logger.js';
import { requireMasterKey } from '../settings/master-key-check.store.js';
import { openApplication } from './nest-application.js';
import { refusalFacts } from '../denials/refusal.events.js';
import type { ObservedFacts } from '../health/observed-metrics.js';
import { isRefusal, publishedRefusal } from '../denials/refusal.published.js';
import { dismissalFacts } from '../parked-messages/dismissal.events.js';
import { isDismissal, publishedDismissal } from '../parked-messages/dismissal.published.js';
import { resumptionFacts } from '../positions/resumption.events.js';
import { isResumption, publishedResumption } from '../positions/resumption.published.js';
import { limitsOf } from '../http/limits-of.js';
import { OwnedDirectory } from '../settings/owned-directory.js';
import { Rebuilds } from '../rebuilds/rebuilds.js';
import { Readiness } from '../health/readiness.js';
import type { Gauge, ServiceDefinition } from './service-definition.js';
import { migrateDatabase, migrationsOf, schemaOf } from './migrate.js';
import type { ServiceSettings } from '../settings/settings.js';
import { Timers } from '../timers/timers.js';

export interface ServiceConfig {
  readonly settings: ServiceSettings;
  readonly databaseUrl: string;
  readonly masterKey: MasterKey;
  readonly tokens: TokenVerifier;
  readonly logger: JsonLogger;
  /** The machine's unless given. */
  readonly clock?: Clock;
  /** Bring the database to this version first; the address must then let it. For tests: the hub does it for all services. */
  readonly migrate?: boolean;
  /** Shared by the services of one process. */
  readonly notifier?: Notifier;
  /** Shared by the services of one process. */
  readonly recentMessages?: RecentMessages;
  /** No other process uses this database, and the former one has ended: its leases and claims are free at once. */
  readonly alone?: boolean;
  /** The data directory, where this process owns it alone. */
  readonly ownedDir?: string;
  /** How long anything may take that works with the database; the usual unless given. */
  readonly limits?: Limits;
  /** Ends a start that is under way: it rejects, and what was started is stopped. */
  readonly stopping?: AbortSignal;
}

export interface RunningService {
  readonly definition: ServiceDefinition;
  /** Answers every request below the service's prefix. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** The OpenAPI document, made when first asked for. */
  document(): OpenAPIObject;
  /** `findings` names faults. */
  ready(): Promise<{ readonly ok: boolean; readonly findings: readonly string[] }>;
  /** Seconds the oldest writing transaction of the whole cluster has been open: it holds up every reader; NaN when unknown. */
  oldestWriterSeconds(): Promise<number>;
  /** What its definition measures; nothing while the database does not answer. */
  gauges(): Promise<readonly Gauge[]>;
  /** Metrics of observed facts in Prometheus' text format; empty where there are none. */
  observed(): Promise<string>;
  /** Resolves when the database server was replaced by another history: the process must start again. */
  readonly failed: Promise<void>;
  /** Ends what is under way and closes everything. */
  stop(): Promise<void>;
}

/** Starts one service: database and migrations, store and bus, container, then background work. */
export async function startService(definition: ServiceDefinition, config: ServiceConfig): Promise<RunningService> {
  const { settings, masterKey, logger, clock = new SystemClock(), alone = false, stopping } = config;
  const onError = (what: string, error: unknown): void => logger.error(error, `${definition.name}.${what}`);
  if (config.migrate === true) await migrateDatabase(config.databaseUrl, [definition]);
  const opening = Database.open({
    url: config.databaseUrl,
    schema: schemaOf(definition),
    role: rolesOf(schemaOf(definition)).runtime,
    migrations: migrationsOf(definition),
    migrate: 'check',
    crossProcess: !alone,
    ...(config.notifier === undefined ? {} : { notifier: config.notifier }),
    ...(config.limits === undefined ? {} : { limits: config.limits }),
  });
  const database = await orStopped(opening, stopping, (late) => late.close());
  const undo: (() => Promise<void>)[] = [() => database.close()];
  const stop = async (): Promise<void> => {
    for (const close of undo.splice(0).reverse()) await close().catch((error: unknown) => onError('stop', error));
  };
  try {
    await requireMasterKey(database, masterKey);
    const store = new EventStore(database, masterKey, () => clock.now(), await currentEpoch(database));
    store.onStage(onlyFacts(definition));
    const observed = await observedFacts(definition, settings);
    if (observed !== null) store.onStage((facts) => observed.staged(facts));
    const bus = makeEventBus({
      service: definition.name,
      store,
      published: (fact) => publishedByKit(definition.name, fact) ?? definition.published(fact),
      brokers: settings.brokers,
      security: settings.kafkaSecurity,
      takeLeases: alone,
      recent: config.recentMessages,
      onError: (error) => onError('bus', error),
    });
    const timers = new Timers(database, store, clock, (kind, error) => onError(`timer.${kind}`, error));
    const identities = new IdentityDirectory(database, clock, config.tokens.issuer, definition.people);
    const claims = { roles: settings.OIDC_ROLES_CLAIM, identity: settings.IDENTITY_CLAIM };
    const authenticator = new Authenticator(config.tokens, identities, claims);
    const limits = limitsOf(settings);
    const answers = new AnswerTable(database, masterKey, clock);
    if (alone) await answers.takeOver();
    const provided = {
      database,
      store,
      bus,
      timers,
      clock,
      identities,
      authenticator,
      limits,
      answers,
      settings,
      masterKey,
      owned: new OwnedDirectory(config.ownedDir ?? null),
    };
    const application = await openApplication(definition, provided, logger);
    undo.push(() => application.close());
    identities.subscribe(bus, definition.name);
    undo.push(() => bus.stop());
    await orStopped(bus.start(), stopping);
    undo.push(() => timers.stop());
    await orStopped(timers.start({ takeOver: alone }), stopping);
    const statistics = new Statistics(database, [database.schema, sharedSchema], (error) =>
      onError('statistics', error),
    );
    statistics.start();
    undo.push(() => statistics.stop());
    const readiness = new Readiness(
      definition.name,
      database,
      undefined,
      async (db) => [
        ...(await application.part(Rebuilds).findings()),
        ...((await definition.findings?.(db, application.part)) ?? []),
      ],
      bus,
    );
    return {
      definition,
      handler: application.handler,
      document: application.document,
      ready: () => readiness.ready(),
      oldestWriterSeconds: () => readiness.oldestWriterSeconds(),
      gauges: async () => [
        ...(await readiness.measured(async () => (await definition.gauges?.(database, clock.now(), settings)) ?? [])),
        ...(await readiness.lags()).flatMap((lag) => [lagGauge(lag), goneGauge(lag)]),
        ...brokerGauge(bus.brokerConnected(), definition.name),
        ...poolGauges(database.connections(), definition.name),
        ...limitGauges(limits.counts(), definition.name),
      ],
      observed: async () => (await observed?.text()) ?? '',
      failed: database.replaced,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The messages of facts that every service may store; null for a fact of its own. */
function publishedByKit(service: string, fact: RecordedFact): readonly PublicMessage[] | null {
  if (isDismissal(fact)) return [publishedDismissal(service, fact)];
  if (isResumption(fact)) return [publishedResumption(service, fact)];
  return isRefusal(fact) ? [publishedRefusal(service, fact)] : null;
}

/**
 * A service that stores an undeclared fact has not defined how it is published: this is refused, so that nothing is
 * lost.
 */
function onlyFacts({ name, facts }: ServiceDefinition): (staged: readonly RecordedFact[]) => readonly never[] {
  const known = new Set([...facts, ...dismissalFacts, ...refusalFacts, ...resumptionFacts]);
  return (staged) => {
    const unknown = staged.find(({ type }) => !known.has(type));
    if (unknown !== undefined) throw new Error(`${name} does not declare the fact ${unknown.type}`);
    return [];
  };
}

/** Nothing where there is no broker. */
const brokerGauge = (connected: boolean | null, service: string): Gauge[] =>
  connected === null
    ? []
    : [
        {
          name: 'hub_broker_connected',
          help: '1 while the Kafka brokers answer; otherwise facts wait to be published',
          labels: { service },
          value: Number(connected),
        },
      ];

const limitGauges = (refused: ReturnType<RequestLimits['counts']>, service: string): Gauge[] =>
  Object.entries(refused).map(([limit, value]) => ({
    name: 'hub_requests_limited_total',
    help: 'requests answered 429 since the start of the process, by what was limited: caller or address',
    labels: { service, limit },
    value,
  }));

const poolGauges = ({ used, waiting }: ReturnType<Database['connections']>, service: string): Gauge[] => [
  {
    name: 'hub_database_pool_used',
    help: 'connections to PostgreSQL in use by this process',
    labels: { service },
    value: used,
  },
  {
    name: 'hub_database_pool_waiting',
    help: 'statements of this process that wait for a connection to PostgreSQL',
    labels: { service },
    value: waiting,
  },
];

/** Null where nothing is measured: the library is loaded only where it is used. */
async function observedFacts(
  definition: ServiceDefinition,
  { METRICS_PORT }: ServiceSettings,
): Promise<ObservedFacts | null> {
  if (METRICS_PORT === undefined || definition.observe === undefined) return null;
  const { ObservedFacts: Made } = await import('../health/observed-metrics.js');
  const metrics = new Made();
  definition.observe(metrics);
  return metrics;
}

const lagGauge = ({ reader, topic, seconds }: Lag): Gauge => ({
  name: 'hub_bus_lag_seconds',
  help: 'how long the oldest message that a reader has not handled has waited; for the reader audit: the end of the log',
  labels: { reader, topic: topic ?? '' },
  value: seconds,
});

const goneGauge = ({ reader, topic, gone }: Lag): Gauge => ({
  name: 'hub_bus_position_gone',
  help: '1 while a reader has stopped because messages were deleted before it read them',
  labels: { reader, topic: topic ?? '' },
  value: Number(gone === true),
});
