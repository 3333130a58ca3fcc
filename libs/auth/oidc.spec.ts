import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
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
});
