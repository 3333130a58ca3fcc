import { alternativeUrlsOf } from './alternative-urls.js';
import { some } from '../../../../test/support/some.js';

describe('addresses beside a base address', () => {
  it.each([
    ['https://wiki.example/scim/v2/Users', 'https://wiki.example/scim/v2'],
    ['https://wiki.example/scim/v2/Groups/', 'https://wiki.example/scim/v2'],
    ['https://wiki.example/scim/v2/ServiceProviderConfig', 'https://wiki.example/scim/v2'],
    ['https://wiki.example', 'https://wiki.example/scim/v2'],
    ['https://wiki.example/scim', 'https://wiki.example/scim/v2'],
    ['https://wiki.example/scim/v1', 'https://wiki.example/scim/v2'],
    ['https://wiki.example/api', 'https://wiki.example/api/scim/v2'],
    ['https://wiki.example/scim/v2/v2', 'https://wiki.example/scim/v2'],
  ])('of %s include %s', (given, meant) => {
    expect(alternativeUrlsOf(given)).toContain(meant);
  });

  it('are few, each once, at the same host, and never the one that was given', () => {
    for (const given of ['https://wiki.example/a/b/c/d/e/f', 'https://wiki.example/scim/v2/']) {
      const found = alternativeUrlsOf(given);
      expect(found.length).toBeLessThanOrEqual(8);
      expect(new Set(found).size).toBe(found.length);
      expect(some(found).every((one) => one.startsWith('https://wiki.example'))).toBe(true);
      expect(found).not.toContain(given.replace(/\/$/, ''));
    }
  });
});
