import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import type { Holders } from '../people/people.exports.js';

/** Changes count together for so long, in milliseconds. */
const slidingHourMs = 3_600_000;

/** People who lost something by unconfirmed changes of the last hour. */
export interface LatelyLost {
  /** Number of the newest change. */
  readonly seq: number;
  readonly people: ReadonlySet<string>;
  /** Whom these changes could have taken something from. */
  readonly holders: readonly Holders[];
}

/** What changes of rules and packages took away, for the time in which small changes are counted together. */
@Injectable()
export class PolicyLosses {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async lately(): Promise<LatelyLost> {
    const rows = await this.db.query<Holders & { seq: number; recent: boolean; people: string[] }>(
      `select seq, at > $1::timestamptz as recent, packages, rule, people from policy_loss order by seq`,
      [this.hourAgo()],
    );
    const recent = rows.filter((row) => row.recent);
    return {
      seq: rows.at(-1)?.seq ?? 0,
      people: new Set(recent.flatMap(({ people }) => people)),
      holders: recent.map(({ packages, rule }) => ({ packages, rule })),
    };
  }

  /** Stages that these people lose something. The work fails with a conflict if another change was counted after `seq` was read. */
  count(work: Work, { packages, rule }: Holders, people: readonly string[], seq: number): void {
    work.run(
      `insert into policy_loss (seq, at, packages, rule, people)
       values ($1::int + 1, $2::timestamptz, $3::text[], $4, $5::uuid[])`,
      [seq, this.clock.now(), packages, rule, people],
    );
    work.run(`delete from policy_loss where at <= $1::timestamptz and seq < $2::int`, [this.hourAgo(), seq]);
  }

  private hourAgo(): string {
    return new Date(Date.parse(this.clock.now()) - slidingHourMs).toISOString();
  }
}
