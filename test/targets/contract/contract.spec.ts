import { jest } from '@jest/globals';
import { describeOnScim2Server, scim2ServerForTests } from '../scim2-server.js';
import { startScimStub } from '../scim-stub.js';
import { startScimmyServer } from '../scimmy-server.js';
import { InvoicingApi } from '../rest/invoicing-api.js';
import { promises } from './promises.js';
import { restSubject, type Running, scimSubject, token, usual } from './subjects.js';

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
  keepsItsPromises(async () => scimSubject(await startScimStub({ token }), { ...usual, granted: group, perPage: 100 }));
});

describe('scimmy', () => {
  keepsItsPromises(async () =>
    scimSubject(await startScimmyServer({ port: 0, token }), { ...usual, granted: group, perPage: 100 }),
  );
});

describeOnScim2Server(scim2Server, 'scim2-server', (start) => {
  keepsItsPromises(async () => {
    const { baseUrl, token: secret, child } = await start();
    const { port, pathname } = new URL(baseUrl);
    const application = { port: Number(port), path: pathname, secret, stop: () => child.kill() };
    return await scimSubject(application, { ...usual, granted: group, perPage: 50 });
  });
});

describe('invoicing, by its own API', () => {
  keepsItsPromises(async () => {
    const application = new InvoicingApi();
    const terms = { ...usual, application, granted: everything, perPage: 4 };
    return restSubject(await application.serve(token), { file: 'invoicing', base: '/api' }, terms);
  });
});
