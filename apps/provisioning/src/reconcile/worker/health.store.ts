import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { Clock } from '#libs/system/clock.js';
import type { KeptQuarantine } from '../refusals/quarantine.js';
import type { Hold } from '../refusals/gate.js';

const held: Readonly<Record<Hold, string>> = {
  throttled: 'the application asked to wait',
  'auth-failed': 'the application refuses the credentials: correct auth',
  unreachable: 'the application does not answer, or answers wrongly: one account at a time tries it',
};
type State = 'working' | Hold | 'refusing' | 'quarantined' | 'misconfigured';

/** The state of each connector's worker, for operators; written when it changes. */
@Injectable()
export class Health {
  private readonly logger = new Logger('provisioning.health');
  /** State and detail of each connector as written last. */
  private readonly states = new Map<string, string>();
  /** Written one after the other, so that the last one is what people see. */
  private written: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** A worker starts: faults of another document or process do not count any more. */
  begun(connector: string): void {
    this.states.delete(connector);
    this.write(`delete from connector_health where connector = $1 and state <> 'working'`, [connector]);
  }

  working(connector: string): void {
    this.set(connector, 'working', '');
  }

  held(connector: string, why: Hold): void {
    this.set(connector, why, held[why]);
  }

  /** It works, except for kinds of call that the application refuses for many accounts. */
  refusing(connector: string, calls: readonly { readonly call: string; readonly status: number }[]): void {
    const which = calls.map(({ call, status }) => `${call} (${status})`).join(', ');
    const mend = 'correct the rights of the credentials, or what the application says about the parked accounts';
    this.set(connector, 'refusing', `the application refuses ${which}, but can be read: ${mend}; other calls continue`);
  }

  /** Many accounts were refused: nobody is given anything, but for a few that try it. */
  quarantined(connector: string, { failed, objects, probes, nextProbeMs }: KeptQuarantine): void {
    const next = new Date(nextProbeMs).toISOString();
    const tried = probes === 0 ? '' : `, ${probes} probes failed`;
    const mend =
      'correct what they have in common and PUT the connector, or pause and resume it: it counts from nothing then';
    const detail = `the application refused ${failed} of ${objects} accounts in a day${tried}: a few try it again from ${next} on; what takes access away goes on; ${mend}`;
    this.set(connector, 'quarantined', detail);
  }

  misconfigured(connector: string, detail: string): void {
    this.set(connector, 'misconfigured', detail);
  }

  private set(connector: string, state: State, detail: string): void {
    const now = this.clock.now();
    const known = `${state} ${detail}`;
    if (this.states.get(connector) === known) return;
    this.states.set(connector, known);
    const line = { message: `connector ${connector} is ${state}`, connector, state, detail };
    if (state === 'working') this.logger.log(line);
    else this.logger.warn(line);
    this.write(
      `insert into connector_health as h (connector, state, detail, since, seen_at) values ($1, $2, $3, $4::timestamptz, $4::timestamptz)
       on conflict (connector) do update set state = excluded.state, detail = excluded.detail, seen_at = excluded.seen_at,
         since = case when h.state = excluded.state then h.since else excluded.since end`,
      [connector, state, detail, now],
    );
  }

  private write(sql: string, params: readonly [connector: string, ...rest: unknown[]]): void {
    this.written = this.written.then(() => this.db.query(sql, [...params])).catch(() => this.states.delete(params[0]));
  }
}
