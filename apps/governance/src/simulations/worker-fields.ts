import { workerFields } from '#libs/contracts/hr-lifecycle.js';

const lists: ReadonlySet<string> = new Set(['phoneNumbers', 'addresses']);
const names: ReadonlySet<string> = new Set(workerFields);

export const workerFieldsJson = { type: 'object' } as const;

/** Fields of a worker, each with a value of its type, or null. */
export const isWorkerFields = (value: unknown): boolean => faultOf(value) === null;

/** What is wrong with such a value, in words. */
export const workerFieldsRule = (value: unknown): string => faultOf(value) ?? '';

function faultOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object of worker fields';
  for (const [name, given] of Object.entries(value)) {
    if (!names.has(name)) return `names ${name}, which is no field of a worker: leave it out`;
    if (given !== null && !isValue(name, given)) return `gives ${name} another type than a worker has there`;
  }
  return null;
}

function isValue(name: string, given: unknown): boolean {
  if (lists.has(name)) return Array.isArray(given) && given.every((one) => typeof one === 'string');
  if (name !== 'custom') return typeof given === 'string';
  return typeof given === 'object' && Object.values(given as object).every((one) => typeof one === 'string');
}
