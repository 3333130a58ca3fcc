import type { Scim2Server } from '../targets/scim2-server.js';
import { startScimStub } from '../targets/scim-stub.js';
import type { PresentAccount } from './people.js';
import type { Existing, ShownThere } from './takeover.js';

const token = 'takeover-token';

/** Whose accounts are: by name, and by a family name where that is only one person's. */
const terms = {
  mode: 'observe',
  auth: { type: 'bearer', token },
  matching: [
    { target: 'userName', source: 'userName' },
    { target: 'name.familyName', source: 'familyName' },
  ],
  nonPersons: [{ kind: 'service', filter: 'userName sw "svc-"' }],
};

interface ScimResource {
  readonly id: string;
  readonly userName?: string;
  readonly active?: boolean;
  readonly name?: { readonly familyName?: string };
}

const scimUser = ({ userName, externalId, givenName, familyName }: PresentAccount): object => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName,
  externalId,
  active: true,
  name: { givenName, familyName },
  displayName: `${givenName} ${familyName}`,
  ...(userName.includes('@') ? { emails: [{ value: userName, type: 'work', primary: true }] } : {}),
});
const shownByScim = ({ id, userName = '', active = true, name }: ScimResource): ShownThere => ({
  id,
  userName,
  active,
  familyName: name?.familyName ?? '',
});

/** A SCIM application that answers at once. */
export async function stubWithAccounts(): Promise<Existing> {
  const stub = await startScimStub({ token });
  return {
    baseUrl: stub.baseUrl,
    connector: (baseUrl) => ({ ...terms, protocol: 'scim2', baseUrl }),
    add: (account) => Promise.resolve(stub.directory.addUser(scimUser(account))),
    accounts: () => Promise.resolve(stub.dump().users.map((user) => shownByScim(user as ScimResource))),
    stop: () => stub.stop(),
  };
}

/** A SCIM server by other people. */
export async function scim2ServerWithAccounts(start: Scim2Server): Promise<Existing> {
  const app = await start();
  return {
    baseUrl: app.baseUrl,
    connector: (baseUrl) => ({ ...terms, auth: { type: 'bearer', token: app.token }, protocol: 'scim2', baseUrl }),
    add: async (account) => {
      const { status, text } = await app.call('POST', '/Users', scimUser(account));
      if (status !== 201) throw new Error(text);
    },
    accounts: async () => (await app.users()).map((user) => shownByScim(user as ScimResource)),
    stop: () => app.child.stop(),
  };
}
