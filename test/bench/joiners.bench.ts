import { imported, startBench } from './benched-hub.js';
import { timed, type Line } from './measure.js';

const joiners = 10_000;
/** What each call to the application takes. */
const delayMs = 20;

/** A day on which many join, with an application that takes its time. */
export async function benchJoiners(runs: number): Promise<Line[]> {
  const rates: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const bench = await startBench({ delayMs });
    try {
      rates.push((joiners * 1_000) / (await timed(() => imported(bench, joiners))));
    } finally {
      await bench.discard();
    }
  }
  const name = `${joiners.toLocaleString('en')} joiners, HR file to accounts, ${delayMs} ms a call`;
  return [{ name, unit: 'users/s', runs: rates, goal: '100/s' }];
}
