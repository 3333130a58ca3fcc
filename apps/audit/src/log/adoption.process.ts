import { hasShape, parsed } from '#libs/event-store/core.js';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { recordAdopted, type FormerCheckpoint, type RecordAdoptedMessage } from '#libs/contracts/operators.js';
import { topics } from '#libs/contracts/topics.js';
import { Database } from '#libs/event-store/database.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { isUuid } from '#libs/event-store/ids.js';

/** The order that `hub audit adopt` writes for the next start. */
export interface AdoptionOrder {
  /** UUID, the id of its message, also when it is published again. */
  readonly id: string;
  readonly at: string;
  /** UUID of the actor who ordered it. */
  readonly adoptedBy: string;
  readonly reason: string;
  /** The newest checkpoint before a restore, as the operator gave it. */
  readonly former?: FormerCheckpoint;
  /** The record has started with so many entries: publish the order, then remove it. */
  readonly used?: number;
}

const adoptionFile = 'audit.adopt';

/**
 * A log without a record is adopted once, by an order that the log records. The order is a file that `hub audit adopt`
 * writes into the data directory, or one that is given to read only; such a one counts until the log has its entry.
 */
@Injectable()
export class Adoption {
  private order: AdoptionOrder | null;
  private readonly given: AdoptionOrder | null;

  /** @param given path of an order that this process cannot remove */
  constructor(
    private readonly db: Database,
    private readonly bus: EventBus,
    private readonly dir: string | null,
    given?: string,
  ) {
    this.given = given === undefined ? null : orderIn(given);
    this.order = (dir === null ? null : orderIn(join(dir, adoptionFile))) ?? this.given;
  }

  /** Whether a log of `size` entries without a record may begin one. */
  async allowed(size: number): Promise<boolean> {
    if (this.order === null || this.dir === null) return false;
    if (this.order === this.given && (await this.isInLog(this.order.id))) return false;
    this.order = { ...this.order, used: size };
    writeFileSync(join(this.dir, adoptionFile), JSON.stringify(this.order), { mode: 0o600 });
    return true;
  }

  /** The record starts: publishes the order, if one was needed. */
  taken(): void {
    const { order, dir } = this;
    if (order === null || dir === null) return;
    this.order = null;
    const path = join(dir, adoptionFile);
    const { used: size } = order;
    if (size === undefined) {
      // There was a record already, so the order is removed: it must not allow anything later.
      rmSync(path, { force: true });
      return;
    }
    void this.publish(order, size).then(
      () => rmSync(path, { force: true }),
      () => (this.order = order),
    );
  }

  private async isInLog(id: string): Promise<boolean> {
    const entries = await this.db.query(`select from leaf where event_id = $1 and type = $2`, [id, recordAdopted]);
    return entries.length > 0;
  }

  private async publish({ id, at, adoptedBy, reason, former }: AdoptionOrder, size: number): Promise<void> {
    const body: RecordAdoptedMessage = { adoption: id, adoptedBy, size, former: former ?? null, reason };
    await this.bus.publish([
      {
        topic: topics.operators,
        key: id,
        id,
        source: `/audit/adoption-${id}`,
        type: recordAdopted,
        subject: id,
        time: at,
        actor: `subject/${adoptedBy}`,
        correlationId: id,
        causationId: null,
        sequence: 1,
        epoch: 1,
        body,
      },
    ]);
  }
}

const isOrder = hasShape<AdoptionOrder>({ id: 'text', at: 'text', adoptedBy: 'text', reason: 'text' });

const isFormer = hasShape<FormerCheckpoint>({ size: 'number', root: 'text' });

function orderIn(path: string): AdoptionOrder | null {
  try {
    const order = parsed<AdoptionOrder>(path, isOrder, JSON.parse(readFileSync(path, 'utf8')));
    return isSound(order) ? order : null;
  } catch {
    return null;
  }
}

function isSound({ id, at, adoptedBy, reason, former }: AdoptionOrder): boolean {
  if (former !== undefined && !isFormer(former)) return false;
  return isUuid(id) && isUuid(adoptedBy) && !Number.isNaN(Date.parse(at)) && reason !== '';
}
