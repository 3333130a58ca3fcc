import { entitlementsOf, observe, type ShownAccess } from './observed-access.js';
import type { AccessObserved } from './observed-access.events.js';

const t0 = '2026-03-02T08:00:00.000Z';
const t1 = '2026-03-02T09:00:00.000Z';
const t2 = '2026-03-02T10:00:00.000Z';

const shown = (more: Partial<ShownAccess> = {}): ShownAccess => ({
  accountId: 'u1',
  usable: true,
  entitlements: [
    { account: true, firstSeenAt: t0 },
    { group: 'Editors', firstSeenAt: t0 },
  ],
  givenByHub: new Set(),
  ...more,
});
const enforcing = { observes: false, firstReadAt: t1 };
const said = (entitlements: AccessObserved['data']['entitlements'], accountId = 'u1'): AccessObserved['data'] => ({
  connector: 'wiki',
  application: 'wiki',
  identityId: '0198c0de-0000-7000-8000-00000000000a',
  accountId,
  readingId: 'r1',
  readAt: t2,
  entitlements,
});

describe('what a complete reading shows of a person', () => {
  it('is as found, since nobody knows when, where the first reading shows it', () => {
    const first = entitlementsOf(shown(), null, { observes: false, firstReadAt: null });
    expect(first.map(({ origin, sinceUnknown }) => ({ origin, sinceUnknown }))).toEqual([
      { origin: 'as-found', sinceUnknown: true },
      { origin: 'as-found', sinceUnknown: true },
    ]);
  });

  it('is as found, since that reading, where a later one shows it while the hub only observes', () => {
    const later = shown({ entitlements: [{ role: 'Admin', firstSeenAt: t2 }] });
    expect(entitlementsOf(later, null, { observes: true, firstReadAt: t1 })).toEqual([
      { role: 'Admin', origin: 'as-found', firstSeenAt: t2, sinceUnknown: false },
    ]);
  });

  it('comes from outside where somebody gave it after the hub took over', () => {
    const later = shown({ entitlements: [{ role: 'Admin', firstSeenAt: t2 }] });
    expect(entitlementsOf(later, null, enforcing)[0]).toMatchObject({ origin: 'outside', sinceUnknown: false });
  });

  it('is the hub’s where the hub gave it', () => {
    const given = shown({ givenByHub: new Set(['account', 'group:Editors']) });
    expect(entitlementsOf(given, null, enforcing).map(({ origin }) => origin)).toEqual(['hub', 'hub']);
  });

  it('stays as found when the hub grants the same later', () => {
    const entitlements = entitlementsOf(shown(), null, enforcing);
    const before = { ...said(entitlements), accountId: 'u1' };
    const granted = shown({ givenByHub: new Set(['account', 'group:Editors']) });
    expect(entitlementsOf(granted, before, enforcing)).toEqual(entitlements);
  });

  it('is nothing where nobody can use the account', () => {
    expect(entitlementsOf(shown({ usable: false }), null, enforcing)).toEqual([]);
  });

  it('is said once', () => {
    const now = said(entitlementsOf(shown(), null, enforcing));
    expect(observe(now, null)).toEqual([{ type: 'AccessObserved', v: 1, data: now }]);
    expect(observe({ ...now, readingId: 'r2' }, now)).toEqual([]);
    expect(observe(said([]), null)).toEqual([]);
  });

  it('is said again when something is gone, and when it is another account', () => {
    const before = said(entitlementsOf(shown(), null, enforcing));
    expect(observe(said([]), before)).toHaveLength(1);
    expect(observe({ ...before, accountId: 'u2' }, before)).toHaveLength(1);
  });
});
