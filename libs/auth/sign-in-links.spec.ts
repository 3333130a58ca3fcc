import { TestClock } from '#libs/system/clock.fixtures.js';
import { SignInLinks } from './sign-in-links.js';

describe('a sign-in link', () => {
  const clock = new TestClock('2026-03-02T09:00:00.000Z');
  const links = new SignInLinks(() => Promise.resolve('a token'), clock);

  it('gives a token once', async () => {
    const code = links.make();
    expect(await links.use(code)).toBe('a token');
    expect(await links.use(code)).toBeNull();
  });

  it('gives nothing for a code that was never made', async () => {
    expect(await links.use('guessed')).toBeNull();
    expect(links.make()).toMatch(/^[\w-]{43}$/);
  });

  it('is void after fifteen minutes', async () => {
    const [before, after] = [links.make(), links.make()];
    clock.set('2026-03-02T09:15:00.000Z');
    expect(await links.use(before)).toBe('a token');
    clock.set('2026-03-02T09:15:00.001Z');
    expect(await links.use(after)).toBeNull();
  });
});
