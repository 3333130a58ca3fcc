import { appendFileSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretKey } from 'node:crypto';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT, type JWK } from 'jose';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { IssuedTokens } from './issued-tokens.js';
import { LocalIssuer } from './local-issuer.js';
import { localAdministrators } from './name-spaces.js';
import { TokenVerifier } from './token-verifier.js';

const issuer = 'urn:identity-hub:local';
const hour = 3_600_000;
const dataDir = mkdtempSync(join(tmpdir(), 'issuer-'));
const refused = (detail: RegExp): unknown =>
  expect.objectContaining({
    status: 401,
    code: 'invalid_token',
    message: expect.stringMatching(detail),
    headers: { 'WWW-Authenticate': expect.stringMatching(/^Bearer realm="identity-hub", error="invalid_token"/) },
  });

function setUp(): { clock: TestClock; issuerOf: LocalIssuer; verifier: TokenVerifier } {
  const clock = new TestClock();
  const issuerOf = LocalIssuer.open(dataDir, 'identity-hub', clock);
  return { clock, issuerOf, verifier: issuerOf.verifier() };
}

async function signed(
  claims: Record<string, unknown>,
  times: { iat?: number; nbf?: number; exp?: number } = {},
  header: { typ?: string } = {},
): Promise<string> {
  const { kid, key } = JSON.parse(readFileSync(join(dataDir, 'issuer.json'), 'utf8')) as { kid: string; key: JWK };
  const now = Date.parse('2026-03-02T09:00:00Z') / 1000;
  const listed = { subject: 'x', nameSpace: 'person', roles: [], issuedAt: '', expiresAt: '9999' } as const;
  new IssuedTokens(dataDir).add({ id: 'signed-by-hand', ...listed });
  const all = {
    jti: 'signed-by-hand',
    iss: issuer,
    aud: 'identity-hub',
    sub: 'x',
    iat: now,
    exp: now + 60,
    ...times,
    ...claims,
  };
  return await new SignJWT(all)
    .setProtectedHeader({ alg: 'EdDSA', kid, ...header })
    .sign(await importJWK(key, 'EdDSA'));
}

describe('a token of the local issuer', () => {
  it('is accepted for four hours, across restarts and by another process', async () => {
    const { clock, issuerOf, verifier } = setUp();
    const token = await issuerOf.issue('1001', { roles: ['requester'] });
    const other = LocalIssuer.open(dataDir, 'identity-hub', clock).verifier();
    for (const each of [verifier, other])
      expect(await each.verify(token)).toMatchObject({ sub: '1001', iss: issuer, roles: ['requester'] });
    clock.advance(4 * hour - 1000);
    expect((await verifier.verify(token)).sub).toBe('1001');
    clock.advance(1000);
    await expect(verifier.verify(token)).rejects.toEqual(refused(/has expired/));
  });

  it('is refused from the next request on when it was revoked, by another process too, and alone', async () => {
    const { clock, issuerOf, verifier } = setUp();
    const [lost, other] = [await issuerOf.issue('1001', {}), await issuerOf.issue('1001', {})];
    expect((await verifier.verify(lost)).sub).toBe('1001');
    const id = decodeJwt(lost).jti;
    const tokens = new IssuedTokens(dataDir);
    expect(tokens.standing(clock.now()).map((token) => token.id)).toContain(id);
    expect(tokens.revoke((token) => token.id === id, clock.now())).toBe(1);
    expect(tokens.revoke((token) => token.id === id, clock.now())).toBe(0);
    await expect(verifier.verify(lost)).rejects.toEqual(refused(/was revoked/));
    expect((await verifier.verify(other)).sub).toBe('1001');
  });

  it('is told when it is issued or revoked, once each, to the verifier', async () => {
    const { clock, issuerOf } = setUp();
    await issuerOf.issue('before', {});
    const told: string[] = [];
    const verifier = LocalIssuer.open(dataDir, 'identity-hub', clock).verifier(({ subject, revokedAt }) =>
      told.push(`${subject} ${revokedAt === null ? 'issued' : 'revoked'}`),
    );
    const token = await issuerOf.issue('told', { roles: [] });
    await verifier.verify(token);
    new IssuedTokens(dataDir).revoke(({ subject }) => subject === 'told', clock.now());
    await expect(verifier.verify(token)).rejects.toEqual(refused(/was revoked/));
    expect(told).toEqual(['told issued', 'told revoked']);
  });

  it('is refused when it is in no list, such as one signed with a stolen key', async () => {
    const { verifier } = setUp();
    for (const jti of [undefined, 'never-issued'])
      await expect(verifier.verify(await signed({ jti }))).rejects.toEqual(refused(/not in the list/));
  });

  it('goes on after a line that a crash left unfinished', async () => {
    const { issuerOf, verifier } = setUp();
    await issuerOf.issue('before', {});
    appendFileSync(join(dataDir, 'tokens.jsonl'), '{"id":"torn\n');
    expect((await verifier.verify(await issuerOf.issue('1001', {}))).sub).toBe('1001');
    expect(statSync(join(dataDir, 'tokens.jsonl')).mode & 0o777).toBe(0o600);
  });

  it('says whose name space its subject is in', async () => {
    const { issuerOf, verifier } = setUp();
    const claims = await verifier.verify(await issuerOf.issue('admin', {}, { nameSpace: 'administrator' }));
    expect(claims).toMatchObject({ iss: localAdministrators, sub: 'admin' });
  });

  it('is made with a key only the owner may read', () => {
    setUp();
    expect(statSync(join(dataDir, 'issuer.json')).mode & 0o777).toBe(0o600);
  });

  it('has no tolerance for its end, and five minutes for its beginning', async () => {
    const { verifier } = setUp();
    const now = Date.parse('2026-03-02T09:00:00Z') / 1000;
    await expect(verifier.verify(await signed({}, { exp: now }))).rejects.toEqual(refused(/has expired/));
    expect((await verifier.verify(await signed({}, { iat: now + 299, nbf: now + 299 }))).sub).toBe('x');
    await expect(verifier.verify(await signed({}, { iat: now + 301 }))).rejects.toEqual(
      refused(/not valid yet \(iat\)/),
    );
    await expect(verifier.verify(await signed({}, { nbf: now + 301 }))).rejects.toEqual(
      refused(/not valid yet \(nbf\)/),
    );
  });

  it('is refused for another audience or issuer, and without an end or a subject', async () => {
    const { verifier } = setUp();
    await expect(verifier.verify(await signed({ aud: 'identity-hub-2' }))).rejects.toEqual(refused(/audience/));
    await expect(verifier.verify(await signed({ iss: 'urn:else' }))).rejects.toEqual(refused(/iss/));
    await expect(verifier.verify(await signed({ exp: undefined }))).rejects.toEqual(refused(/exp/));
    await expect(verifier.verify(await signed({ sub: undefined }))).rejects.toEqual(refused(/sub/));
  });

  it.each([
    ...['nonce', 'at_hash', 'c_hash', 's_hash'].map((claim) => ({ [claim]: 'x' })),
    { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    { typ: 'ID' },
    { typ: 'Refresh' },
    { token_use: 'id' },
  ])('is refused when it is an ID token or another that is no access token: %j', async (claims) => {
    await expect(setUp().verifier.verify(await signed(claims))).rejects.toEqual(refused(/is an ID token/));
  });

  it('is refused when its header names another kind of token, and taken with the kinds of an access token', async () => {
    const { verifier } = setUp();
    for (const typ of ['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'id+jwt'])
      await expect(verifier.verify(await signed({}, {}, { typ }))).rejects.toEqual(refused(/no access token/));
    for (const typ of ['JWT', 'at+jwt', 'application/at+jwt'])
      expect((await verifier.verify(await signed({ typ: 'Bearer' }, {}, { typ }))).sub).toBe('x');
  });

  it('is refused unsigned, changed, malformed, or signed with what is no key of the issuer', async () => {
    const { issuerOf, verifier } = setUp();
    const good = await issuerOf.issue('1001', {});
    const [head = '', , signature = ''] = good.split('.');
    const changed = Buffer.from(JSON.stringify({ iss: issuer, aud: 'identity-hub', sub: 'root', exp: 9e9 })).toString(
      'base64url',
    );
    const pair = await generateKeyPair('EdDSA');
    const foreign = await new SignJWT({ iss: issuer, aud: 'identity-hub', sub: 'x', exp: 9e9 })
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(pair.privateKey);
    const rsa = await generateKeyPair('RS512');
    const otherKind = await new SignJWT({ iss: issuer, sub: 'x' })
      .setProtectedHeader({ alg: 'RS512' })
      .sign(rsa.privateKey);
    const publicAsSecret = createSecretKey(Buffer.from((await exportJWK(pair.publicKey)).x ?? ''));
    const hmac = await new SignJWT({ iss: issuer, sub: 'x' }).setProtectedHeader({ alg: 'HS256' }).sign(publicAsSecret);
    const none = new UnsecuredJWT({ iss: issuer, aud: 'identity-hub', sub: 'x' }).setExpirationTime('1h').encode();
    for (const bad of [`${head}.${changed}.${signature}`, foreign, otherKind, hmac, none, 'x', 'a.b.c', '']) {
      await expect(verifier.verify(bad)).rejects.toEqual(refused(/./));
    }
  });
});
