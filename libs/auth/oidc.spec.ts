import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { oidcVerifier } from './oidc.js';

const clock = new TestClock();
const state: { up: boolean; named: string; keys: JWK[] } = { up: true, named: '', keys: [] };
let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const found = request.url === '/realms/x/.well-known/openid-configuration';
    const body = found ? { issuer: state.named, jwks_uri: `${issuer}/keys` } : { keys: state.keys };
    response.writeHead(state.up ? 200 : 502, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/x`;
});
beforeEach(() => Object.assign(state, { up: true, named: issuer, keys: [] }));
afterAll(() => server.close());

async function publishKey(kid: string, alg: string): Promise<CryptoKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  state.keys.push({ ...(await exportJWK(publicKey)), kid, alg });
  return privateKey;
}

async function token(key: CryptoKey, kid: string, alg: string): Promise<string> {
  const exp = Date.parse(clock.now()) / 1000 + 3_600;
  const claims = { iss: issuer, aud: 'hub', sub: 'ada', exp };
  return await new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
}

describe('tokens of an OpenID Connect issuer', () => {
  it('are checked with the keys it publishes', async () => {
    const verifier = oidcVerifier(issuer, 'hub', clock);
    const [rsa, ec] = [await publishKey('a', 'RS256'), await publishKey('b', 'ES256')];
    expect((await verifier.verify(await token(rsa, 'a', 'RS256'))).sub).toBe('ada');
    expect((await verifier.verify(await token(ec, 'b', 'ES256'))).sub).toBe('ada');
  });

  it('are refused when signed with a key it does not publish, or under the name of one it does', async () => {
    const verifier = oidcVerifier(issuer, 'hub', clock);
    await publishKey('a', 'ES256');
    const { privateKey } = await generateKeyPair('ES256');
    for (const kid of ['a', 'z']) {
      await expect(verifier.verify(await token(privateKey, kid, 'ES256'))).rejects.toMatchObject({
        status: 401,
        code: 'invalid_token',
      });
    }
  });

  it('wait for it: 503 while it is away or is not who it should be, and no restart when it is back', async () => {
    const verifier = oidcVerifier(issuer, 'hub', clock);
    const good = await token(await publishKey('a', 'ES256'), 'a', 'ES256');
    state.up = false;
    await expect(verifier.verify(good)).rejects.toMatchObject({ status: 503 });
    Object.assign(state, { up: true, named: 'https://else.example' });
    await expect(verifier.verify(good)).rejects.toMatchObject({ status: 503 });
    state.named = issuer;
    expect((await verifier.verify(good)).sub).toBe('ada');
  });

  it('stop counting within a minute when their key is removed, though they were accepted before', async () => {
    const time = new TestClock(clock.now());
    const verifier = oidcVerifier(issuer, 'hub', time);
    const [removed, kept] = [await publishKey('a', 'ES256'), await publishKey('b', 'ES256')];
    const [old, good] = [await token(removed, 'a', 'ES256'), await token(kept, 'b', 'ES256')];
    await verifier.verify(old);
    state.keys.shift();
    for (let second = 0; second < 59; second += 5) {
      time.advance(5_000);
      await verifier.verify(old).catch(() => undefined);
    }
    await expect(verifier.verify(old)).rejects.toMatchObject({ status: 401 });
    expect((await verifier.verify(good)).sub).toBe('ada');
  });

  it('count with the last keys for ten minutes while the issuer is away', async () => {
    const time = new TestClock(clock.now());
    const verifier = oidcVerifier(issuer, 'hub', time);
    const good = await token(await publishKey('a', 'ES256'), 'a', 'ES256');
    await verifier.verify(good);
    state.up = false;
    time.advance(9 * 60_000);
    expect((await verifier.verify(good)).sub).toBe('ada');
    time.advance(60_000);
    await expect(verifier.verify(good)).rejects.toMatchObject({ status: 503 });
  });

  it('are accepted under a new key at once', async () => {
    const verifier = oidcVerifier(issuer, 'hub', clock);
    await verifier.verify(await token(await publishKey('a', 'ES256'), 'a', 'ES256'));
    const rotated = new TestClock(clock.now());
    const later = oidcVerifier(issuer, 'hub', rotated);
    await later.verify(await token(await publishKey('c', 'ES256'), 'c', 'ES256'));
    rotated.advance(6_000);
    expect((await later.verify(await token(await publishKey('d', 'ES256'), 'd', 'ES256'))).sub).toBe('ada');
  });

  describe('that an attacker makes', () => {
    const inAnHour = () => Date.parse(clock.now()) / 1000 + 3_600;
    const claims = (more: object = {}) => ({ iss: issuer, aud: 'hub', sub: 'ada', exp: inAnHour(), ...more });
    const by = async (
      header: { alg: string } & Record<string, unknown>,
      key: Parameters<SignJWT['sign']>[0],
      more: object = {},
    ) => await new SignJWT(claims(more)).setProtectedHeader(header).sign(key);
    const refusedBy = async (verifier: ReturnType<typeof oidcVerifier>, made: string) =>
      await expect(verifier.verify(made)).rejects.toMatchObject({ status: 401, code: 'invalid_token' });

    it('with a shared secret: the public key itself, a published secret, or none at all', async () => {
      await publishKey('rsa', 'RS256');
      const secret = Buffer.alloc(32, 7);
      state.keys.push({ kty: 'oct', kid: 'oct', alg: 'HS256', k: secret.toString('base64url') });
      const verifier = oidcVerifier(issuer, 'hub', clock);
      const pem = await exportSPKI((await importJWK(state.keys[0] ?? {}, 'RS256')) as CryptoKey);
      for (const [kid, key] of [
        ['rsa', Buffer.from(pem)],
        ['rsa', Buffer.from(JSON.stringify(state.keys[0]))],
        ['oct', secret],
      ] as const)
        await refusedBy(verifier, await by({ alg: 'HS256', kid }, key));
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      for (const alg of ['none', 'None', 'NONE', 'nOnE'])
        await refusedBy(verifier, `${part({ alg, kid: 'rsa' })}.${part(claims())}.`);
    });

    it('with a key of their own, wherever the header says it lies', async () => {
      await publishKey('a', 'ES256');
      const verifier = oidcVerifier(issuer, 'hub', clock);
      const { privateKey, publicKey } = await generateKeyPair('ES256');
      const jwk = await exportJWK(publicKey);
      for (const header of [
        { jwk },
        { jku: 'https://evil.example/keys', kid: 'a' },
        { x5u: 'https://evil.example/cert', kid: 'a' },
        { kid: '../../../dev/null' },
        { kid: "a' or '1'='1" },
        { kid: '__proto__' },
        { kid: '' },
        { kid: 'a', crit: ['exp'], exp: 1 },
      ])
        await refusedBy(verifier, await by({ alg: 'ES256', ...header }, privateKey).catch(() => 'a.b.c'));
    });

    it('or that is meant for others, for later, for ever or for nobody', async () => {
      const key = await publishKey('a', 'ES256');
      const verifier = oidcVerifier(issuer, 'hub', clock);
      const header = { alg: 'ES256', kid: 'a' };
      const later = Date.parse(clock.now()) / 1000 + 301;
      for (const more of [
        { aud: ['other'] },
        { aud: [] },
        { aud: { hub: true } },
        { aud: 'HUB' },
        { aud: 'hub other' },
        { aud: [['hub']] },
        { iss: `${issuer}/` },
        { iss: issuer.toUpperCase() },
        { exp: undefined },
        { exp: String(inAnHour()) },
        { exp: null },
        { exp: -1 },
        { iat: later },
        { iat: 'now' },
        { nbf: later },
        { sub: '' },
        { sub: ['ada'] },
        { sub: undefined },
        { sub: 7 },
      ])
        await refusedBy(verifier, await by(header, key, more));
      expect((await verifier.verify(await by(header, key, { aud: ['other', 'hub'], azp: 'other' }))).sub).toBe('ada');
    });
  });
});
