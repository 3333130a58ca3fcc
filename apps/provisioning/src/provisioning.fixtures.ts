import { applicationDefined, type ApplicationMessage } from '#libs/contracts/catalog.js';
import { desiredAccessChanged, type DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { identityChanged, type IdentityMessage } from '#libs/contracts/identities.js';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { uuidv5, uuidv7 } from '#libs/event-store/ids.js';
import { serveMetrics } from '#libs/service-kit/health/metrics.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { startScimStub, type ScimStub } from '../../../test/targets/scim-stub.js';
import { provisioning } from './provisioning.service.js';
import { serviceHarness, type ServiceAnswer, type ServiceHarness } from '../../../test/support/service-harness.js';

export interface RunningProvisioning extends Pick<
  ServiceHarness,
  'clock' | 'db' | 'logged' | 'publish' | 'published' | 'restart' | 'stop'
> {
  readonly stub: ScimStub;
  call(
    method: string,
    path: string,
    /** A text is CSV. */
    body?: object | string,
    more?: { roles?: string[]; headers?: Record<string, string> },
  ): Promise<ServiceAnswer>;
  /** What `/metrics` tells. */
  metrics(): Promise<string>;
  /** Results published so far, in order. */
  results(): Promise<readonly PublicMessage<ResultMessage>[]>;
}

export const stubToken = 'stub-token-5f3a';
export const connector = (stub: ScimStub, overrides: object = {}): object => ({
  displayName: 'Wiki',
  mode: 'enforce',
  protocol: 'scim2',
  baseUrl: stub.baseUrl,
  auth: { type: 'bearer', token: stubToken },
  ...overrides,
});

/** The service on a database of its own, working every connector; an application that enforces nothing; the clock stands still. */
export async function runningProvisioning(): Promise<RunningProvisioning> {
  const stub = await startScimStub({ token: stubToken });
  const harness = await serviceHarness(provisioning, {
    at: '2026-03-02T09:00:00.000Z',
    env: { CONNECTOR_ALLOWED_NETWORKS: '127.0.0.0/8' },
  });
  const metrics = await serveMetrics([harness.service()], loadSettings({ METRICS_PORT: '0' }));
  return {
    ...harness,
    stub,
    call: (method, path, body, { roles = ['connector-admin'], headers = {} } = {}) =>
      harness.call(method, `/provisioning/v1${path}`, body, { as: 'admin', roles, headers }),
    metrics: async () => await (await fetch(metrics.url ?? '')).text(),
    results: async () => (await harness.published(topics.results)) as PublicMessage<ResultMessage>[],
    stop: async () => {
      await metrics.stop();
      await harness.stop();
      await stub.stop();
    },
  };
}

export const personId = (name: string): string => uuidv5(`test/person/${name}`);
export const assignmentOf = (name: string): string => uuidv5(`test/assignment/${name}`);

function message<Body extends object>(
  topic: string,
  type: string,
  key: string,
  source: string,
  sequence: number,
  body: Body,
): PublicMessage<Body> {
  const id = uuidv5(`${source}/${sequence}`);
  return {
    topic,
    key,
    id,
    type,
    subject: key,
    source: `/governance/${source}`,
    time: '2026-03-02T09:00:00.000Z',
    actor: 'service/governance',
    correlationId: uuidv7(),
    causationId: null,
    sequence,
    epoch: 1,
    body,
  };
}

export function application(overrides: Partial<ApplicationMessage> = {}): PublicMessage<ApplicationMessage> {
  const body = { application: 'wiki', displayName: 'Wiki', connectorId: 'wiki', owners: [], ...overrides };
  return message(topics.catalog, applicationDefined, body.application, `application-${body.application}`, 1, body);
}

/** A person, as governance says who there is. */
export function person(
  name: string,
  {
    status = 'active',
    sequence = 1,
    attributes = {},
  }: Partial<Pick<IdentityMessage, 'status'>> & {
    readonly sequence?: number;
    readonly attributes?: Partial<IdentityMessage['attributes']>;
  } = {},
): PublicMessage<IdentityMessage> {
  const identity = personId(name);
  const body: IdentityMessage = {
    identity,
    status,
    kind: 'person',
    subjects: [],
    manager: null,
    employeeId: name,
    displayName: `${name} Person`,
    userName: `${name}@corp.example`,
    tokenSubjects: [],
    attributes: {
      employeeId: name,
      givenName: name,
      familyName: 'Person',
      email: `${name}@corp.example`,
      hireDate: '2020-01-01',
      ...attributes,
    },
  };
  return message(topics.identities, identityChanged, identity, `identity-${identity}`, sequence, body);
}

/** What a person should have in the wiki, as governance says it. */
export function desired(
  name: string,
  sequence: number,
  {
    status = 'active',
    active = true,
    groups = [],
    roles = [],
    attributes = {},
    application = 'wiki',
  }: {
    status?: DesiredAccessMessage['status'];
    active?: boolean;
    groups?: readonly string[];
    roles?: readonly string[];
    attributes?: Readonly<Record<string, unknown>>;
    application?: string;
  } = {},
): PublicMessage<DesiredAccessMessage> {
  const identity = personId(name);
  const because = [assignmentOf(name)];
  const person = {
    id: identity,
    userName: `${name}@corp.example`,
    email: `${name}@corp.example`,
    givenName: name,
    familyName: 'Person',
    displayName: `${name} Person`,
  };
  const body: DesiredAccessMessage = {
    identity,
    application,
    status,
    accounts: [{ type: 'User', active, attributes: { ...person, ...attributes }, packages: ['staff'], groups }],
    entitlements: active
      ? [
          { account: true, because },
          ...groups.map((group) => ({ group, because })),
          ...roles.map((role) => ({ role, because })),
        ]
      : [],
  };
  return {
    ...message(
      topics.desiredAccess,
      desiredAccessChanged,
      identity,
      `desired-${identity}.${application}`,
      sequence,
      body,
    ),
    application,
  };
}
export const leaver = (name: string, sequence: number): PublicMessage<DesiredAccessMessage> =>
  desired(name, sequence, { status: 'leaver', active: false });
