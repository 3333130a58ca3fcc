import { uuidv5 } from '#libs/event-store/ids.js';
import { Authenticator } from './authenticator.js';
import { grantedRoles } from './caller.js';
import type { FoundIdentity, IdentityDirectory } from './identity-directory.store.js';
import type { Claims, TokenVerifier } from './token-verifier.js';

const ada = '0190a000-0000-7000-8000-000000000001';

function authenticator(
  claims: Record<string, unknown>,
  people: Record<string, FoundIdentity> = {},
  names = { roles: 'roles', identity: 'sub' },
): Authenticator {
  const verified = { iss: 'urn:i', sub: '1001', exp: 9e9, ...claims } as Claims;
  const tokens = { verify: async () => await Promise.resolve(verified) } as unknown as TokenVerifier;
  const identities = {
    lookup: async (_: string, subject: string) => await Promise.resolve(people[subject] ?? null),
  } as unknown as IdentityDirectory;
  return new Authenticator(tokens, identities, names);
}

describe('who calls', () => {
  it('is an identity when the token’s subject means one', async () => {
    const caller = await authenticator(
      { roles: ['requester'] },
      { '1001': { identity: ada, status: 'active' } },
    ).callerOf('Bearer t');
    expect(caller).toEqual({
      subject: '1001',
      issuer: 'urn:i',
      roles: ['requester'],
      identity: ada,
      actor: `identity/${ada}`,
    });
  });

  it('is nobody the database could know, when the name is one it cannot hold', async () => {
    const caller = await authenticator({ sub: 'a\0' }, { 'a\0': { identity: ada, status: 'active' } }).callerOf(
      'Bearer t',
    );
    expect(caller.identity).toBeNull();
  });

  it('is otherwise a subject under a UUID, never under its name', async () => {
    const caller = await authenticator({ roles: 'hr-feed' }).callerOf('bearer t');
    expect(caller).toMatchObject({ identity: null, roles: ['hr-feed'], actor: `subject/${uuidv5('urn:i|1001')}` });
  });

  it('is refused when the person is not active', async () => {
    const leaver = authenticator({ roles: ['policy-admin'] }, { '1001': { identity: ada, status: 'inactive' } });
    await expect(leaver.callerOf('Bearer t')).rejects.toMatchObject({
      status: 401,
      code: 'invalid_token',
      message: 'the person is not active',
    });
  });

  it('is no person when a program got the token for itself, whatever HR calls a person', async () => {
    const people = { '1001': { identity: ada, status: 'inactive' } } as const;
    for (const mark of [{ client_id: '1001' }, { azp: '1001' }, { idtyp: 'app' }, { gty: 'client-credentials' }]) {
      const caller = await authenticator({ roles: ['hr-feed'], ...mark }, people).callerOf('Bearer t');
      expect(caller).toMatchObject({ identity: null, roles: ['hr-feed'] });
    }
    const signedIn = authenticator({ client_id: 'portal', azp: 'portal' }, people).callerOf('Bearer t');
    await expect(signedIn).rejects.toMatchObject({ message: 'the person is not active' });
  });

  it('is refused without a token', async () => {
    for (const header of [undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a b']) {
      await expect(authenticator({}).callerOf(header)).rejects.toMatchObject({
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer realm="identity-hub"' },
      });
    }
  });

  it('may have roles deep in the token, and another claim for the person', async () => {
    const names = { roles: 'realm_access.roles', identity: 'employee_number' };
    const claims = { realm_access: { roles: ['auditor', 'offline_access', 7] }, employee_number: '7' };
    const caller = await authenticator(claims, { '7': { identity: ada, status: 'active' } }, names).callerOf(
      'Bearer t',
    );
    expect(caller).toMatchObject({ roles: ['auditor'], identity: ada, subject: '1001' });
  });
});

describe('admin', () => {
  it('stands for the five administrative roles and no other', () => {
    expect(grantedRoles(['admin'])).toEqual(['policy-admin', 'connector-admin', 'hr-operator', 'security', 'privacy']);
  });
});
