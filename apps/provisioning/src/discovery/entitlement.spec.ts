import type { EntitlementEvent } from './entitlement.events.js';
import { type Discovered, discovered, miss, show, type Listed } from './entitlement.js';

const given = (...facts: EntitlementEvent[]): Discovered => facts.reduce(discovered.evolve, discovered.initial);
const staff: Listed = { connector: 'wiki', kind: 'group', id: 'g1', name: 'Staff', description: null };
const shown = (more: Partial<Listed> = {}): EntitlementEvent => ({
  type: 'EntitlementShown',
  v: 1,
  data: { ...staff, ...more },
});
const gone: EntitlementEvent = { type: 'EntitlementGone', v: 1, data: staff };

describe('an entitlement that an application shows', () => {
  it('is told of when it is found, and again with another name or description', () => {
    expect(show(staff, given())).toEqual([shown()]);
    const renamed = { ...staff, name: 'Everybody' };
    expect(show(renamed, given(shown()))).toEqual([shown({ name: 'Everybody' })]);
    const described = { ...staff, description: 'All of us' };
    expect(show(described, given(shown()))).toEqual([shown({ description: 'All of us' })]);
  });

  it('is nothing new when it is as before', () => {
    expect(show(staff, given(shown()))).toEqual([]);
  });

  it('is gone once when a complete reading does not show it, and comes back', () => {
    expect(miss(staff, given())).toEqual([]);
    expect(miss(staff, given(shown()))).toEqual([gone]);
    expect(miss(staff, given(shown(), gone))).toEqual([]);
    expect(show(staff, given(shown(), gone))).toEqual([shown()]);
  });
});
