import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { root } from '../support/processes.js';
import type { CpuTime } from './cpu.js';

/** One line of the report: figures of five runs, and their floor measured in the same run. */
export interface Line {
  readonly name: string;
  readonly unit: string;
  readonly runs: readonly number[];
  /** What the same machine does at this moment without us; absent where there is none. */
  readonly floor?: { readonly what: string; readonly runs: readonly number[] };
  /** What is aimed at, in words. */
  readonly goal?: string;
  /** CPU time of each piece that the rate counts, one for each run. */
  readonly cpu?: readonly CpuTime[];
}

/** What one person of an import leaves behind, for example `facts`. */
export type Counts = Readonly<Record<string, number>>;

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @param values at least one */
function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, index))] ?? Number.NaN;
  return { min: at(0), median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}

/** The value below which a share `p` (0 to 1) of the samples lies. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs all `tasks` with at most `lanes` at once. */
export async function inLanes(lanes: number, tasks: number, task: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < tasks) {
        next += 1;
        await task(next - 1);
      }
    }),
  );
}

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

/** Node and PostgreSQL apart: what saturates is one loop of the former. */
function cpuWords(cpu: readonly CpuTime[]): string {
  const node = spread(cpu.map((one) => one.node)).median;
  const postgres = spread(cpu.map((one) => one.postgres)).median;
  return `${node.toFixed(3)} + ${postgres.toFixed(3)} = ${(node + postgres).toFixed(3)} ms`;
}

/** Prints the tables and writes them as JSON under test/bench/results. */
export async function report(lines: readonly Line[], counts: Counts | null, stages: Counts | null): Promise<void> {
  const rows = lines.map(({ name, unit, runs, floor, goal, cpu }) => {
    const ours = spread(runs);
    const theirs = floor === undefined ? undefined : spread(floor.runs);
    return {
      what: name,
      'min / median / max': `${figure(ours.min)} / ${figure(ours.median)} / ${figure(ours.max)} ${unit}`,
      floor: theirs === undefined ? '' : `${figure(theirs.median)} (${floor?.what ?? ''})`,
      'of the floor': theirs === undefined ? '' : `${Math.round((100 * ours.median) / theirs.median)} %`,
      'CPU a piece: Node + PostgreSQL': cpu === undefined ? '' : cpuWords(cpu),
      goal: goal ?? '',
    };
  });
  console.table(rows);
  if (counts !== null) {
    console.log('one person of an import');
    console.table(Object.fromEntries(Object.entries(counts).map(([what, count]) => [what, figure(count)])));
  }
  if (stages !== null) {
    console.log('CPU of one person of an import, by stage: Node.js by its main thread, and the sessions of PostgreSQL');
    const rows = Object.entries(stages).sort(([, a], [, b]) => b - a);
    console.table(Object.fromEntries(rows.map(([stage, ms]) => [stage, `${ms.toFixed(3)} ms`])));
  }
  const dir = resolve(root, 'test/bench/results');
  await mkdir(dir, { recursive: true });
  await writeFile(
    resolve(dir, 'latest.json'),
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, counts, stages, lines: lines.map((line) => ({ ...line, spread: spread(line.runs), ...(line.floor === undefined ? {} : { ratio: spread(line.runs).median / spread(line.floor.runs).median }) })) }, null, 2)}\n`,
  );
}
