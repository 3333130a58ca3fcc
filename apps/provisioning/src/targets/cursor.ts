import { createHash } from 'node:crypto';

/** Writes where a list is to be read on, so that it can be kept and read on after a restart. */
export function cursorOf(state: object): string {
  return Buffer.from(JSON.stringify(state)).toString('base64url');
}

/** @param cursor null for the beginning @throws Error for a text that is no cursor of this list */
export function stateOf<State extends object>(cursor: string | null, beginning: State): State {
  if (cursor === null) return beginning;
  const state: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  const isOne = typeof state === 'object' && state !== null && Object.keys(beginning).every((key) => key in state);
  if (!isOne) throw new Error('the cursor belongs to another list');
  return state as State;
}

/** Short, whatever the length of the text, so that a cursor stays short. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
