import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import {
  AnnounceSources,
  ConnectorTargets,
  type ConnectorRow,
  ConnectorRows,
  connectorsChannel,
} from '../../connectors/connectors.exports.js';
import type { GroupEvent } from '../../groups/groups.exports.js';
import { AccountStorage } from './account-storage.process.js';
import { chance } from '../refusals/chance.config.js';
import { ConnectorWorker } from './connector-worker.process.js';
import { ObservingWorker } from './observing-worker.process.js';
import { Health } from './health.store.js';
import { WorkedConnectors } from './worked-connectors.port.js';
import type { ConnectorWorkerOptions } from './worker-options.js';

/** Poll interval in case a notification is lost. */
const pollMs = 2_000;

interface Running {
  readonly version: number;
  readonly worker: ConnectorWorker | ObservingWorker;
}

/** One worker for each connector of this process, replaced when the document changes: one that enforces, or one that only reads. */
@Injectable()
export class ConnectorWorkers implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('provisioning.worker');
  private readonly running = new Map<string, Running>();
  private readonly holder = uuidv7();
  private readonly startedMs: number;
  private stopped = false;
  private syncing: Promise<void> = Promise.resolve();
  private poll: NodeJS.Timeout | undefined;
  private off: () => void = () => undefined;

  constructor(
    private readonly storage: AccountStorage,
    private readonly health: Health,
    private readonly targets: ConnectorTargets,
    private readonly rows: ConnectorRows,
    private readonly clock: Clock,
    private readonly settings: ServiceSettings,
    private readonly worked: WorkedConnectors,
    private readonly sources: AnnounceSources,
  ) {
    this.startedMs = Date.parse(clock.now());
  }

  onApplicationBootstrap(): void {
    this.off = this.storage.db.notifier.on(connectorsChannel, () => this.sync());
    this.poll = setInterval(() => this.sync(), pollMs);
    this.sync();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.poll);
    this.off();
    await this.syncing;
    await Promise.all([...this.running.values()].map(({ worker }) => worker.stop()));
  }

  /** Reads the documents once at a time. */
  private sync(): void {
    this.syncing = this.syncing.then(() => this.syncNow()).catch((error: unknown) => this.logger.error(error));
  }

  private async syncNow(): Promise<void> {
    if (this.stopped) return;
    const rows = (await this.rows.all()).filter(({ id }) => this.worked.works(id));
    for (const [id, { worker }] of this.running) {
      if (!worker.over && rows.some((row) => row.id === id && row.version === this.running.get(id)?.version)) continue;
      this.running.delete(id);
      await worker.stop();
    }
    for (const row of rows) {
      if (this.running.has(row.id)) continue;
      if (await this.tells(row)) this.sync();
      else this.start(row);
    }
  }

  /** Governance was told something new of this connector: it starts with that version. */
  private async tells(row: ConnectorRow): Promise<boolean> {
    try {
      return await this.sources.of(row);
    } catch (error) {
      this.logger.error(error);
      return false;
    }
  }

  private start(row: ConnectorRow): void {
    try {
      const worker = workerOf({
        row,
        storage: this.storage,
        health: this.health,
        target: this.targets.working(row.id, row.document),
        trial: () => this.targets.trial(row.id, row.document),
        applications: () => this.rows.applicationsOf(row.id),
        now: () => this.clock.now(),
        chance,
        holder: this.holder,
        takeover: this.settings.embedded ? { startedMs: this.startedMs } : null,
        onError: (error) => this.logger.error(error),
        onGroups: (events) => {
          for (const line of events.flatMap(groupLine)) this.logger.log(line);
        },
        onParked: (identity, code) =>
          this.logger.warn({ message: 'an account waits for a person', connector: row.id, identity, code }),
      });
      worker.start();
      this.running.set(row.id, { version: row.version, worker });
    } catch (error) {
      this.health.misconfigured(row.id, error instanceof Error ? error.message : 'unknown');
    }
  }
}

/** A connector that observes is only read. */
function workerOf(options: ConnectorWorkerOptions): Running['worker'] {
  return options.row.document.mode === 'enforce' ? new ConnectorWorker(options) : new ObservingWorker(options);
}

/** The log line about a group: created, found by its name, renamed in the application, or gone. */
function groupLine(event: GroupEvent): object[] {
  const { connector, name } = event.data;
  switch (event.type) {
    case 'GroupLinked': {
      const { groupId, created } = event.data;
      const message = created ? 'a group was made in the application' : 'a group was found in the application';
      return [{ message, connector, group: name, groupId }];
    }
    case 'GroupGone':
      return [{ message: 'a group is gone from the application', connector, group: name, groupId: event.data.groupId }];
    case 'GroupRenamed':
      return [
        { message: 'a group has another name in the application', connector, group: name, groupId: event.data.groupId },
      ];
    default:
      return [];
  }
}
