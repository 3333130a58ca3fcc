import { NotServedYet } from './not-served-yet.js';

/** Query of a route that takes a document and cannot tell yet whom it would touch: asked for that, it must not do it. */
export class NoDryRunQuery {
  @NotServedYet('nothing was done; leave it out to do it')
  readonly dryRun?: unknown;
}
