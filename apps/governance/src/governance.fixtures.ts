import type { WorkerAttributes, WorkerEventType, WorkerMessage } from '#libs/contracts/hr-lifecycle.js';
import type { AccountEventType, OperationEventType, ResultMessage } from '#libs/contracts/provisioning-results.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { uuidv5, uuidv7 } from '#libs/event-store/ids.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';
import { eventually } from '../../../test/support/eventually.js';
import { statementGate, type HeldStatement } from '../../../test/support/statement-gate.js';
import { governance } from './governance.service.js';
import { identityIdOf } from './identities/hr-lifecycle.consumer.js';
import { serviceHarness, type ServiceAnswer, type ServiceHarness } from '../../../test/support/service-harness.js';

export interface RunningGovernance extends Pick<
  ServiceHarness,
  'clock' | 'db' | 'logged' | 'publish' | 'published' | 'restart' | 'stop'
> {
  call(
    method: string,
    path: string,
    body?: object | string,
    more?: { as?: string; roles?: string[]; headers?: Record<string, string> },
  ): Promise<ServiceAnswer>;
  /** Publishes HR's statements and waits until everybody they are about is known as stated. */
  stated(...messages: readonly PublicMessage<WorkerMessage>[]): Promise<void>;
  /** Waits until everything published was handled and no timer is due. */
  quiet(): Promise<void>;
  /** Holds the next statement of the service that matches, before the database has it. */
  hold(statement: RegExp): HeldStatement;
  gauges(): Promise<readonly Gauge[]>;
}

const admin = ['policy-admin', 'auditor'];

/** The service alone on a database of its own; the clock stands at 9:00 of 2 March 2026. */
export async function runningGovernance(env: Readonly<Record<string, string>> = {}): Promise<RunningGovernance> {
  let hold: RunningGovernance['hold'] | null = null;
  const harness = await serviceHarness(governance, {
    at: '2026-03-02T09:00:00.000Z',
    env,
    wired: async (url) => {
      const gate = await statementGate(url);
      hold = (statement) => gate.hold(statement);
      return gate;
    },
  });
  const { clock, db } = harness;
  return {
    ...harness,
    call: (method, path, body, { as = 'admin', roles = admin, headers = {} } = {}) =>
      harness.call(method, `/governance/v1${path}`, body, { as, roles, headers }),
    stated: async (...messages) => {
      await harness.publish(...messages);
      await eventually(async () => {
        const last = messages.map(({ source, sequence }) => ({ source, sequence }));
        const [row] = await db.query<{ handled: number }>(
          `select count(*)::int as handled from jsonb_to_recordset($1::jsonb) as x(source text, sequence int)
           join inbox i on i.consumer like 'governance%' and i.source = x.source and i.sequence >= x.sequence`,
          [JSON.stringify(last)],
        );
        return row?.handled === last.length;
      });
    },
    quiet: async () => {
      await eventually(async () => {
        const [row] = await db.query<{ due: number }>(
          `select count(*)::int as due from timer where due_at <= $1::timestamptz`,
          [clock.now()],
        );
        return row?.due === 0;
      });
    },
    hold: (statement) => {
      if (hold === null) throw new Error('there is no gate');
      return hold(statement);
    },
    gauges: () => harness.service().gauges(),
  };
}

/** Any UUID, the same for the same name. */
export const idOf = (name: string): string => uuidv5(`test/${name}`);
/** The identity of the person with this employeeId. */
export const identityOf = (employeeId: string): string => identityIdOf(idOf(`person ${employeeId}`));

export function worker(employeeId: string, more: Partial<WorkerAttributes> = {}): WorkerAttributes {
  return {
    employeeId,
    givenName: `Given${employeeId}`,
    familyName: `Family${employeeId}`,
    hireDate: '2026-03-02',
    ...more,
  };
}

/** What HR states about one worker; `sequence` is the version of the worker's stream. */
export function hrMessage(
  kind: 'recorded' | 'hired' | 'changed' | 'moved' | 'terminated' | 'rehired' | 'leave-started' | 'leave-ended',
  attributes: WorkerAttributes,
  sequence = 1,
  more: Partial<WorkerMessage> = {},
): PublicMessage<WorkerMessage> {
  const person = more.person ?? idOf(`person ${attributes.employeeId}`);
  const workerId = more.worker ?? idOf(`worker ${attributes.employeeId}`);
  const type: WorkerEventType = `hub.hr.worker.${kind}.v1`;
  return {
    topic: topics.lifecycle,
    key: person,
    id: uuidv7(),
    source: `/hr/worker-${workerId}`,
    type,
    subject: person,
    time: '2026-03-02T08:00:00.000Z',
    actor: 'subject/0198c0de-0000-7000-8000-00000000feed',
    correlationId: uuidv7(),
    causationId: null,
    sequence,
    epoch: 1,
    body: {
      worker: workerId,
      person,
      employed: kind !== 'terminated' && kind !== 'recorded',
      onLeave: kind === 'leave-started',
      attributes,
      before: {},
      ...more,
    },
  };
}

/** What provisioning answers about one account. */
export function resultMessage(
  type: AccountEventType | OperationEventType,
  about: Pick<ResultMessage, 'identity' | 'application' | 'desiredSequence'> & Partial<ResultMessage>,
  sequence: number,
): PublicMessage<ResultMessage> {
  const connector = about.connector ?? about.application;
  return {
    topic: topics.results,
    key: about.identity,
    id: uuidv7(),
    source: `/provisioning/account-${about.identity}.${connector}`,
    type,
    subject: about.identity,
    time: '2026-03-02T09:00:00.000Z',
    actor: 'service/provisioning',
    correlationId: uuidv7(),
    causationId: null,
    sequence,
    epoch: 1,
    body: {
      operation: uuidv7(),
      kind: type.endsWith('in-sync.v1') ? 'in-sync' : 'create-account',
      connector,
      account: null,
      desiredEpoch: 1,
      because: [],
      ...about,
    },
  };
}
