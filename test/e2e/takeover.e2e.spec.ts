import { jest } from '@jest/globals';
import { scim2ServerWithAccounts, stubWithAccounts } from '../takeover/applications.js';
import { RunningCompany } from '../takeover/company.js';
import type { Workforce } from '../takeover/people.js';
import { takesOver } from '../takeover/takeover.suite.js';
import { describeOnScim2Server, scim2ServerForTests } from '../targets/scim2-server.js';

jest.setTimeout(240_000);

const server = await scim2ServerForTests();
/** 1,900 people, and 2,000 accounts. */
const large: Workforce = {
  department: 'large',
  sizes: { matching: 1_800, outdated: 100, ambiguous: 120, pairs: 30, services: 50, ghosts: 30, newcomers: 10 },
};
const small: Workforce = {
  department: 'small',
  sizes: { matching: 36, outdated: 4, ambiguous: 6, pairs: 3, services: 3, ghosts: 3, newcomers: 2 },
};

describe('what was there before the hub', () => {
  let running: RunningCompany;
  beforeAll(async () => {
    running = await RunningCompany.begin([large, small]);
  }, 240_000);
  afterAll(() => running.end());
  const company = (): RunningCompany => running;

  describe('an application with 2,000 accounts', () =>
    takesOver({ id: 'legacy', workforce: large, company, start: stubWithAccounts }));

  describeOnScim2Server(server, 'scim2-server', (startServer) =>
    takesOver({ id: 'wiki', workforce: small, company, start: () => scim2ServerWithAccounts(startServer) }),
  );
});
