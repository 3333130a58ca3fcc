import { AddressGuard } from './address-guard.js';
import { type ApplicationAuth, credentialsFor, type Credentials } from './credentials.js';

const guard = new AddressGuard(['127.0.0.0/8'], false);
const none = (): never => {
  throw new Error('file:token leads nowhere');
};

describe('a secret whose file is changed', () => {
  let kept: () => string;
  const secret = (): string => kept();
  const opened = (auth: ApplicationAuth): Credentials => credentialsFor(auth, { guard, nowMs: () => 0 });

  it.each<[string, ApplicationAuth, (value: string) => object]>([
    ['bearer', { type: 'bearer', token: secret }, (value) => ({ authorization: `Bearer ${value}` })],
    [
      'basic',
      { type: 'basic', username: 'hub', password: secret },
      (value) => ({ authorization: `Basic ${Buffer.from(`hub:${value}`).toString('base64')}` }),
    ],
    ['api-key', { type: 'api-key', header: 'X-Key', key: secret }, (value) => ({ 'x-key': value })],
  ])('is used until the application refuses the one before: %s', async (_, auth, proof) => {
    kept = () => 'old';
    const credentials = opened(auth);
    kept = () => 'new';
    const old = await credentials.headers();
    expect(old).toEqual(proof('old'));
    expect(credentials.renew(old)).toBe(true);
    expect(await credentials.headers()).toEqual(proof('new'));
    // A refusal that was on its way meanwhile: repeat with the new one.
    expect(credentials.renew(old)).toBe(true);
    // The new one is refused, too, and there is no other.
    expect(credentials.renew(await credentials.headers())).toBe(false);
    expect(credentials.secrets()).toEqual(expect.arrayContaining(['old', 'new']));
    // Set back to the one that the application still takes.
    kept = () => 'old';
    expect(credentials.renew(await credentials.headers())).toBe(true);
    expect(await credentials.headers()).toEqual(proof('old'));
  });

  it('stays as it is while the file is missing, and is missed at the start', async () => {
    kept = () => 'old';
    const credentials = opened({ type: 'bearer', token: secret });
    kept = none;
    expect(credentials.renew(await credentials.headers())).toBe(false);
    expect(await credentials.headers()).toEqual({ authorization: 'Bearer old' });
    expect(() => opened({ type: 'bearer', token: secret })).toThrow('leads nowhere');
    const oauth = { type: 'oauth2-client-credentials', tokenUrl: 'https://id.example/token', clientId: 'hub' } as const;
    expect(() => opened({ ...oauth, clientSecret: secret })).toThrow('leads nowhere');
  });
});
