import type { Faults } from '../targets/scim-stub-faults.js';
import type { World } from './world.js';

/** What the application does wrong, and the counter of the stub that shows that it did. */
interface Fault {
  readonly name: string;
  readonly faults: Faults;
  readonly shown: string;
}

const always: readonly Fault[] = [
  {
    name: 'loses every second answer to a POST, after the effect',
    faults: { losePostEvery: 2 },
    shown: 'faults.lost',
  },
  {
    name: 'loses every second answer to a PATCH, after the effect',
    faults: { losePatchEvery: 2 },
    shown: 'faults.lost',
  },
  {
    name: 'loses every answer to a grant of a role, after the effect',
    faults: { losePostEvery: 1, pathPart: '/roles' },
    shown: 'faults.lost',
  },
  {
    name: 'loses every answer to a DELETE, after the effect: roles are taken away so',
    faults: { loseDeleteEvery: 1 },
    shown: 'faults.lost',
  },
  { name: 'answers every second POST with half a body', faults: { truncateEvery: 2 }, shown: 'faults.truncated' },
  {
    name: 'answers every third write 429 with Retry-After in seconds',
    faults: { refuseEvery: 3, refuseWith: 429, retryAfterSeconds: 1 },
    shown: 'faults.429',
  },
  {
    name: 'answers every third write 429 with Retry-After as a date',
    faults: { refuseEvery: 3, refuseWith: 429, retryAfterSeconds: 1, retryAfterAsDate: true },
    shown: 'faults.429',
  },
  {
    name: 'answers every third write 503',
    faults: { refuseEvery: 3, refuseWith: 503 },
    shown: 'faults.503',
  },
  {
    name: 'answers every third write 500',
    faults: { refuseEvery: 3, refuseWith: 500 },
    shown: 'faults.500',
  },
];

/** Joiners and leavers while the application does one thing wrong after the other. */
export function survivesTheTarget(world: () => World, more: readonly Fault[] = []): void {
  it.each([...always, ...more].map((fault, index) => ({ ...fault, index: index.toString(36) })))(
    'one account for each person, with an application that $name',
    async ({ faults, shown, index }) => {
      const { stub } = world();
      const before = stub.counters[shown] ?? 0;
      stub.faults = faults;
      try {
        const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `3${index}${letter}`);
        await world().import(people);
        await world().quiescence();
        for (const leaver of people.slice(0, 2)) await world().leave(leaver);
        await world().quiescence();
      } finally {
        stub.faults = {};
      }
      if ((stub.counters[shown] ?? 0) === before) throw new Error(`the application never did it: ${shown}`);
    },
  );
}
