import { createServer, type Server } from 'node:http';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { BillingApi } from '../../../../../test/targets/billing-api.js';
import { reading } from '../target.js';
import { RestClient } from './rest-client.process.js';
import { compileRest } from './rest-description.js';
import { RestEntitlements } from './rest-entitlements.process.js';

describe('a refusal in the words of an API', () => {
  let server: Server;
  let client: RestClient;
  let roles: RestEntitlements;
  let code = '';
  const classes = ['refused', 'conflict', 'throttled', 'outage', 'credentials', 'licence'];

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { code } }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
    const errors = classes.map((one) => ({ status: [400], pointer: '/error/code', equals: [`E-${one}`], class: one }));
    const { description, problems } = compileRest({ ...BillingApi.description(baseUrl), errors });
    if (description?.roles == null) throw new Error(JSON.stringify(problems));
    const auth = { type: 'bearer', token: () => 'token' } as const;
    client = new RestClient(
      { baseUrl, auth, guard: new AddressGuard([], true), connections: 1, nowMs: () => 0 },
      description,
    );
    roles = new RestEntitlements(client, description.roles);
  });
  afterAll(async () => {
    await client.destroy();
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['refused', 'validation', 'validation', false],
    ['conflict', 'conflict', 'conflict', false],
    ['throttled', 'throttled', 'throttled', false],
    ['outage', 'transient', 'unavailable', true],
    ['credentials', 'auth', 'auth', false],
    ['licence', 'validation', 'payment-required', false],
  ])('that the description calls %s is %s', async (name, kind, failure, effectUnknown) => {
    code = `E-${name}`;
    const terms = await roles.grant('r1', ['u1'], reading).then(
      () => null,
      (error: unknown) => (error instanceof CallFailure ? error.terms : Promise.reject(error as Error)),
    );
    expect(terms).toMatchObject({ class: kind, code: failure, effectUnknown, status: 400 });
  });
});
