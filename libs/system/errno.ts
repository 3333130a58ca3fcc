/** The system's name of a failure (`ENOENT`, `EEXIST` …), or null for anything else. */
export function errnoOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
