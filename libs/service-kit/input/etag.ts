import { RequestProblem } from '#libs/problems/problem.js';

/** Entity tag of a versioned document, for the `ETag` header. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * Honours `If-Match` when it was sent. A tag that a proxy made weak still names exactly one version, so it counts.
 * @param version 0 when the document does not exist
 * @throws RequestProblem 412 when none of the tags is the document's
 */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (tags.includes('*') ? version > 0 : tags.includes(etagOf(version))) return;
  const now = version === 0 ? 'it does not exist' : `its ETag is ${etagOf(version)}`;
  throw new RequestProblem(
    412,
    'version_mismatch',
    `the document does not have the version in If-Match; ${now}: read it and repeat`,
  );
}
