import { checksOf, skewSeconds, unanswered } from './connection-checks.js';

describe('what the test of a connector says', () => {
  it('tells a name that does not resolve, an untrusted certificate and a closed port apart', () => {
    const codes = [
      'ENOTFOUND',
      'EAI_AGAIN',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ECONNREFUSED',
    ];
    expect(codes.map((code) => unanswered('unreachable', code).code)).toEqual([
      'dns',
      'dns',
      'tls',
      'tls',
      'unreachable',
    ]);
  });

  it.each([
    ['CERT_NOT_YET_VALID', 'clock'],
    ['CERT_HAS_EXPIRED', 'renew'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'port'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'egress.ca'],
  ])('says what to change after %s', (code, word) => {
    expect(unanswered('unreachable', code).detail).toContain(word);
  });

  it('keeps what comes before the broken promise, and does not claim what comes after it', () => {
    const outcomes = checksOf({ code: 'auth', detail: 'refused' }, {}).map(({ name, outcome }) => `${name} ${outcome}`);
    expect(outcomes).toEqual([
      'address passed',
      'connection passed',
      'path passed',
      'credentials failed',
      'scope not-checked',
      'clock not-checked',
      'search not-checked',
      'place not-checked',
      'mapping not-checked',
    ]);
  });

  it('counts a clock as wrong from two minutes on, in both directions', () => {
    const nowMs = Date.parse('2026-03-02T10:00:00Z');
    const at = (date: string): number | null => skewSeconds(date, nowMs);
    expect(at('Mon, 02 Mar 2026 10:02:00 GMT')).toBeNull();
    expect([at('Mon, 02 Mar 2026 10:10:00 GMT'), at('Mon, 02 Mar 2026 09:50:00 GMT')]).toEqual([600, -600]);
    expect([skewSeconds(null, nowMs), at('soon')]).toEqual([null, null]);
  });
});
