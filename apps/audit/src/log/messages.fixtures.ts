import { desiredAccessChanged, type DesiredEntitlement } from '#libs/contracts/desired-access.js';
import { identityChanged } from '#libs/contracts/identities.js';
import { accessObserved, type AccessObservedMessage } from '#libs/contracts/observed-access.js';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { uuidv5, uuidv7 } from '#libs/event-store/ids.js';

/** Messages about one person, each the next of its stream, at the given time. */
export class Story {
  private readonly sequences = new Map<string, number>();
  /** Attempts of each kind so far. */
  private readonly attempts = new Map<string, number>();
  private correlation = uuidv7();

  constructor(readonly name: string) {}

  get worker(): string {
    return uuidv5(`worker ${this.name}`);
  }
  get person(): string {
    return uuidv5(`person ${this.name}`);
  }
  get identity(): string {
    return uuidv5(`identity ${this.name}`);
  }

  /** A new chain of effects. */
  begin(): this {
    this.correlation = uuidv7();
    return this;
  }

  hired(time: string): PublicMessage {
    const attributes = { employeeId: `no-${this.name}`, familyName: this.name, hireDate: '2026-03-01' };
    const body = { worker: this.worker, person: this.person, employed: true, onLeave: false, attributes, before: {} };
    return this.message(
      topics.lifecycle,
      'hub.hr.worker.hired.v1',
      `/hr/worker-${this.worker}`,
      this.person,
      time,
      null,
      body,
    );
  }

  known(time: string, cause: PublicMessage, status = 'active'): PublicMessage {
    const attributes = { employeeId: `no-${this.name}`, familyName: this.name, hireDate: '2026-03-01' };
    const names = {
      employeeId: `no-${this.name}`,
      displayName: `${this.name} Example`,
      userName: `${this.name}@example.com`,
    };
    const body = {
      identity: this.identity,
      status,
      kind: 'person',
      subjects: [this.worker],
      manager: null,
      ...names,
      tokenSubjects: [],
      attributes,
    };
    return this.message(
      topics.identities,
      identityChanged,
      `/governance/identity-${this.identity}`,
      this.identity,
      time,
      cause,
      body,
    );
  }

  assigned(
    time: string,
    cause: PublicMessage,
    packageId: string,
    by: object = { type: 'birthright', rule: 'everyone' },
  ): PublicMessage {
    const assignment = this.assignment(packageId);
    const terms = {
      assignment,
      identity: this.identity,
      package: packageId,
      packageVersion: 1,
      status: 'active',
      delivery: 'pending',
    };
    const body = { ...terms, cause: by, since: time, until: null };
    const type = 'hub.governance.assignment.created.v1';
    return this.message(topics.decisions, type, `/governance/access-${this.identity}`, assignment, time, cause, body);
  }

  requested(
    time: string,
    what: 'submitted' | 'decided' | 'approved',
    more: object = {},
    cause: PublicMessage | null = null,
  ): PublicMessage {
    const request = uuidv5(`request ${this.name}`);
    const body = {
      request,
      package: 'analyst',
      packageVersion: 1,
      requester: this.identity,
      beneficiary: this.identity,
      ...more,
    };
    return this.message(
      topics.decisions,
      `hub.governance.request.${what}.v1`,
      `/governance/request-${request}`,
      request,
      time,
      cause,
      body,
    );
  }

  desired(
    time: string,
    cause: PublicMessage,
    entitlements: readonly DesiredEntitlement[],
    application = 'chat',
  ): PublicMessage {
    const active = entitlements.length > 0;
    const accounts = [
      { type: 'User', active, attributes: { displayName: `${this.name} Example` }, packages: [], groups: [] },
    ];
    const body = { identity: this.identity, application, status: active ? 'active' : 'leaver', accounts, entitlements };
    const source = `/governance/desired-${this.identity}.${application}`;
    return {
      ...this.message(topics.desiredAccess, desiredAccessChanged, source, this.identity, time, cause, body),
      application,
    };
  }

  /** Each `operation.started` begins an operation of its own. @param what for example `account.created` */
  result(
    time: string,
    what: string,
    cause: PublicMessage,
    more: Partial<ResultMessage>,
    application = 'chat',
  ): PublicMessage {
    const about = {
      connector: `${application}-scim`,
      application,
      identity: this.identity,
      account: null,
      desiredEpoch: 1,
      desiredSequence: 1,
    };
    const body = {
      operation: this.operation(what, more.kind ?? 'lookup', application),
      kind: 'lookup',
      ...about,
      because: [],
      ...more,
    };
    const source = `/provisioning/account-${this.identity}.${application}-scim`;
    return this.message(topics.results, `hub.provisioning.${what}.v1`, source, this.identity, time, cause, body);
  }

  /** A complete reading of the application showed this, as a whole. */
  observed(readAt: string, entitlements: AccessObservedMessage['entitlements'], application = 'chat'): PublicMessage {
    const body: AccessObservedMessage = {
      connector: `${application}-scim`,
      application,
      identity: this.identity,
      account: entitlements.length === 0 ? null : 'u1',
      reading: readingAt(readAt),
      readAt,
      entitlements,
    };
    const source = `/provisioning/observed-access-${this.identity}.${application}-scim`;
    return this.message(topics.results, accessObserved, source, this.identity, readAt, null, body);
  }

  private operation(what: string, kind: string, application: string): string {
    const name = `${this.name} ${kind} ${application}`;
    const number = (this.attempts.get(name) ?? 0) + (what === 'operation.started' ? 1 : 0);
    this.attempts.set(name, number);
    return uuidv5(`${name} ${number}`);
  }

  assignment(packageId: string): string {
    return uuidv5(`${this.name} ${packageId}`);
  }

  private message(
    topic: string,
    type: string,
    source: string,
    subject: string,
    time: string,
    cause: PublicMessage | null,
    body: object,
  ): PublicMessage {
    const sequence = (this.sequences.get(source) ?? 0) + 1;
    this.sequences.set(source, sequence);
    return {
      topic,
      key: topic === topics.lifecycle ? this.person : this.identity,
      id: uuidv7(),
      source,
      type,
      subject,
      time,
      actor: 'service/test',
      correlationId: cause?.correlationId ?? this.correlation,
      causationId: cause?.id ?? null,
      sequence,
      epoch: 1,
      body,
    };
  }
}

/** The reading that was over then. */
export const readingAt = (endedAt: string): string => uuidv5(`reading ${endedAt}`);

/** A hire at 09:00 with a birthright account in chat. Each message has its minute of 2 March 2026. */
export function hire(story: Story): PublicMessage[] {
  const because = [story.assignment('basics')];
  const hired = story.hired(minute(0));
  const known = story.known(minute(0), hired);
  const assigned = story.assigned(minute(0), known, 'basics');
  const desired = story.desired(minute(0), known, [{ account: true, because }]);
  const started = story.result(minute(1), 'operation.started', desired, { kind: 'create-account', because });
  const created = story.result(minute(2), 'account.created', started, {
    kind: 'create-account',
    because,
    account: 'u1',
    seen: 'yes',
  });
  return [hired, known, assigned, desired, started, created];
}

/** `minute(5)` is 09:05 on 2 March 2026. */
export const minute = (n: number): string => new Date(Date.UTC(2026, 2, 2, 9, n)).toISOString();
