import { eventually } from '../support/eventually.js';
import type { World } from './world.js';

/** What happens first after the start, so that the point is reached by it; the rest of the day follows. */
type Beginning = 'hire' | 'leave' | 'move' | 'batch';
/** Of every day. */
const usual = ['hire', 'leave', 'move'] as const;

interface Day {
  readonly point: string;
  readonly first: Beginning;
  /** What the application did last before the death, where the day is about that. */
  readonly last?: RegExp;
}

const ofRole = /\/(roles|grants)\b/;
/** Deaths while something is taken away or many accounts are made, beside those on the way of a hire. */
export const otherDays: readonly Day[] = [
  // Account, two groups, and the role at last. Of a leaver the account is disabled first, and then the role goes.
  { point: 'provisioning.after-intent:4', first: 'hire' },
  { point: 'provisioning.after-call:4', first: 'hire', last: ofRole },
  { point: 'provisioning.after-intent', first: 'leave' },
  { point: 'provisioning.after-call', first: 'leave' },
  { point: 'provisioning.after-call:2', first: 'leave', last: ofRole },
  { point: 'provisioning.after-intent', first: 'move' },
  { point: 'provisioning.after-call', first: 'move' },
  { point: 'provisioning.after-call:30', first: 'batch' },
];
/** So many that they are looked up together. */
const batch = 40;

/**
 * Kills the hub at each point, on a day with a hire of a new team, a mover, a leaver, an import and a request.
 * @param more days beside those; where points of provisioning are among them, those of other deaths unless given
 */
export function killsAt(points: readonly string[], world: () => World, more?: readonly Day[]): void {
  const others = points.some((point) => point.startsWith('provisioning.')) ? otherDays : [];
  const days = [...points.map((point): Day => ({ point, first: 'hire' })), ...(more ?? others)];
  /** Hired on the days before, the last one last: the last moves, the one before leaves. */
  const earlier = ['101', '102'];

  beforeAll(async () => {
    await world().team('t0');
    await world().hire('100');
    for (const id of earlier) {
      await world().hire(id, { managerId: '100', department: 't0' });
      await world().request(id, '100');
    }
    await world().quiescence();
  }, 120_000);

  it.each(days.map((day, index) => ({ ...day, index })))(
    'one account for each person, killed at $point, first a $first',
    async ({ point, first, last, index }) => {
      const deaths = world().deaths;
      const id = `2${String(index).padStart(2, '0')}`;
      const department = `t${index + 1}`;
      await world().team(department);
      const [leaver = '', mover = ''] = earlier;
      const steps: Record<Beginning, () => Promise<void>> = {
        hire: () => world().hire(id, { managerId: '100', department }),
        leave: () => world().leave(leaver),
        move: () => world().move(mover, department),
        batch: () => world().import(Array.from({ length: batch }, (_, n) => `${id}-${n}`)),
      };
      await world().relaunch(point);
      world().atDeath = null;
      await steps[first]();
      if (first !== 'hire' || last !== undefined) {
        await world().quiescence();
        // The effect of the last call is there before its process is gone.
        await eventually(() => world().deaths > deaths).catch(() => {
          throw new Error(`${point} was not reached by a ${first}`);
        });
        if (last !== undefined && !last.test(world().atDeath ?? ''))
          throw new Error(`${point} was reached after ${String(world().atDeath)}, which is not ${String(last)}`);
      }
      for (const step of usual) if (step !== first) await steps[step]();
      await world().import([`${id}a`, `${id}b`, `${id}c`]);
      await world().request(id, '100');
      await world().quiescence();
      earlier.push(id);
      earlier.shift();
      if (world().deaths === deaths) throw new Error(`${point} was never reached: is it still in the code?`);
    },
  );
}
