import { jest } from '@jest/globals';
import { invoicingWithAccounts, scim2ServerWithAccounts, stubWithAccounts } from '../takeover/applications.js';
import type { Sizes } from '../takeover/people.js';
import { takesOver } from '../takeover/takeover.suite.js';
import { describeOnScim2Server, scim2ServerForTests } from '../targets/scim2-server.js';

jest.setTimeout(240_000);

const server = await scim2ServerForTests();
const small: Sizes = { matching: 36, outdated: 4, ambiguous: 6, pairs: 3, services: 3, ghosts: 3, newcomers: 2 };

describe('an application with an API of its own', () => takesOver(invoicingWithAccounts, small));

describeOnScim2Server(server, 'scim2-server', (start) => takesOver(() => scim2ServerWithAccounts(start), small));

describe('an application with 2,000 accounts', () =>
  takesOver(stubWithAccounts, {
    matching: 1_800,
    outdated: 100,
    ambiguous: 120,
    pairs: 30,
    services: 50,
    ghosts: 30,
    newcomers: 10,
  }));
