import { jest } from '@jest/globals';
import { describeOnScim2Server, scim2ServerForTests } from '../scim2-server.js';
import { startScimStub } from '../scim-stub.js';
import { startScimmyServer } from '../scimmy-server.js';
import type { RunningApi } from '../rest/api.js';
import { GoogleDirectoryApi } from '../rest/google-directory-api.js';
import { InvoicingApi } from '../rest/invoicing-api.js';
import { MicrosoftGraphApi } from '../rest/microsoft-graph-api.js';
import { SalesforceApi } from '../rest/salesforce-api.js';
import { ServiceNowApi } from '../rest/servicenow-api.js';
import { promises } from './promises.js';
import type { RealApplication, Subject } from './subject.js';
import { restSubject, type Running, scimSubject, token, usual, usualScim } from './subjects.js';

jest.setTimeout(60_000);

const group = [{ kind: 'group', name: 'Contract' }] as const;
const everything = [...group, { kind: 'role', name: 'Approver' }] as const;
const scim2Server = await scim2ServerForTests();

function keepsItsPromises(start: () => Promise<Running>): void {
  let running: Running;
  beforeAll(async () => (running = await start()));
  afterAll(() => running.stop());
  it.each(Object.entries(promises))('%s', async (_, promise) => {
    await expect(promise(running.subject)).resolves.toBeUndefined();
  });
}

describe('the stub that speaks SCIM', () => {
  keepsItsPromises(async () =>
    scimSubject(await startScimStub({ token }), { ...usualScim, granted: group, perPage: 100 }),
  );
});

describe('scimmy', () => {
  keepsItsPromises(async () =>
    scimSubject(await startScimmyServer({ port: 0, token }), { ...usualScim, granted: group, perPage: 100 }),
  );
});

describeOnScim2Server(scim2Server, 'scim2-server', (start) => {
  keepsItsPromises(async () => {
    const { baseUrl, token: secret, child } = await start();
    const { port, pathname } = new URL(baseUrl);
    const application = { port: Number(port), path: pathname, secret, stop: () => child.kill() };
    return await scimSubject(application, { ...usualScim, granted: group, perPage: 50 });
  });
});

const staff = { kind: 'group', name: 'Staff' } as const;

interface ByOwnApi {
  readonly application: RealApplication & { serve(secret: string): Promise<RunningApi> };
  readonly base: string;
  readonly granted: Subject['granted'];
  readonly perPage: number;
  readonly removal?: Subject['removal'];
}

/** By the worked descriptions in docs/connectors. */
const byOwnApi: Readonly<Record<string, ByOwnApi>> = {
  invoicing: { application: new InvoicingApi(), base: '/api', granted: everything, perPage: 4 },
  'google-directory': {
    application: new GoogleDirectoryApi(),
    base: '/admin/directory/v1',
    granted: [staff, { kind: 'role', name: 'Help desk' }],
    perPage: 5,
  },
  'microsoft-graph': {
    application: new MicrosoftGraphApi(),
    base: '/v1.0',
    granted: [staff, { kind: 'role', name: 'Approver' }],
    perPage: 5,
  },
  'microsoft-teams': {
    application: new MicrosoftGraphApi(),
    base: '/v1.0',
    granted: [
      { kind: 'group', name: 'Launch' },
      { kind: 'role', name: 'Approver' },
    ],
    perPage: 5,
  },
  salesforce: {
    application: new SalesforceApi(),
    base: '/services/data/v62.0',
    granted: [{ kind: 'role', name: 'Approver' }],
    perPage: 5,
    removal: 'refuses',
  },
  servicenow: {
    application: new ServiceNowApi(),
    base: '/api/now',
    granted: [staff, { kind: 'role', name: 'itil' }],
    perPage: 5,
  },
};

describe.each(Object.entries(byOwnApi))('%s, by its own API', (file, { application, base, ...terms }) => {
  keepsItsPromises(async () =>
    restSubject(await application.serve(token), { file, base }, { ...usual, ...terms, application }),
  );
});
