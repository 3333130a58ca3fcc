import { SignInLinks } from '#libs/auth/sign-in-links.js';
import { SystemClock } from '#libs/system/clock.js';
import { httpFront } from './http-front.js';
import { close, listen } from './http-server.js';
import { SignInPage } from './sign-in-page.js';

describe('the page of a sign-in link', () => {
  let started: Awaited<ReturnType<typeof listen>>;
  const links = new SignInLinks(() => Promise.resolve('header.claims.signature'), new SystemClock());

  beforeAll(async () => {
    started = await listen(
      httpFront([], () => false, null, new SignInPage(links)),
      '127.0.0.1',
      0,
    );
  });
  afterAll(() => close(started.server, 100));

  const open = (code: string): Promise<Response> => fetch(`${started.url}/sign-in?code=${encodeURIComponent(code)}`);
  const press = (code: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${started.url}/sign-in`, { method: 'POST', headers, body: new URLSearchParams({ code }) });

  it('asks first, and shows the token once, to the person who presses the button', async () => {
    const code = links.make();
    for (const look of [await open(code), await open(code)]) {
      expect([look.status, await look.text()]).toEqual([200, expect.stringContaining(`value="${code}"`)]);
      expect(look.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(look.headers.get('cache-control')).toBe('no-store');
    }
    const signed = await press(code);
    expect([signed.status, await signed.text()]).toEqual([200, expect.stringContaining('header.claims.signature')]);
    const again = await press(code);
    expect([again.status, await again.json()]).toEqual([401, expect.objectContaining({ code: 'invalid_token' })]);
  });

  it('gives a program the token as JSON', async () => {
    const answer = await press(links.make(), { accept: 'application/json' });
    expect(await answer.json()).toEqual({ token: 'header.claims.signature' });
  });

  it('writes nothing of the address into the page as it came', async () => {
    const text = await (await open('"><script>alert(1)</script>')).text();
    expect(text).not.toContain('<script>');
  });

  it('refuses other methods and large bodies', async () => {
    expect((await fetch(`${started.url}/sign-in`, { method: 'PUT' })).status).toBe(405);
    expect((await press('x'.repeat(2_000))).status).toBe(413);
  });

  it('is not there without links', async () => {
    const { server, url } = await listen(httpFront([]), '127.0.0.1', 0);
    expect((await fetch(`${url}/sign-in?code=x`)).status).toBe(404);
    await close(server, 100);
  });
});
