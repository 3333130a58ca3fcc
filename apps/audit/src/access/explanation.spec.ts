import type { ReadLeaf } from '../log/leaf-row.js';
import { byRequest } from './access.fixtures.js';
import { explanationOf } from './explanation.js';

const request = '0198c0de-0000-7000-8000-0000000000e1';
const [tom, hanna] = ['0198c0de-0000-7000-8000-00000000000a', '0198c0de-0000-7000-8000-00000000000b'];

/** An entry of governance; all of them in one millisecond unless `occurredAt` says otherwise. */
function leaf(index: number, type: string, subject: string, data: object): ReadLeaf {
  const occurredAt = '2026-03-02T10:00:00.000Z';
  const entry = { type: `hub.governance.${type}.v1`, subject, data, occurredAt, actor: `identity/${hanna}` };
  return { index, identity: tom ?? null, entry } as unknown as ReadLeaf;
}
const asked = { request, package: 'reports', packageVersion: 2, requester: tom, beneficiary: tom };
const submitted = leaf(1, 'request.submitted', request, asked);
const decided = leaf(2, 'request.decided', request, { ...asked, approver: hanna, decision: 'approve' });
const approved = leaf(3, 'request.approved', request, asked);
const assigned = {
  assignment: byRequest,
  identity: tom,
  package: 'reports',
  packageVersion: 2,
  status: 'active',
  delivery: 'pending',
  cause: { type: 'request', request, approvers: [hanna] },
  since: '2026-03-02T10:00:00.000Z',
  until: null,
};
const created = leaf(0, 'assignment.created', byRequest, assigned);

describe('the cause of an assignment', () => {
  it('tells what happened in one millisecond in the order of cause, whatever order it arrived in', () => {
    const cause = explanationOf(byRequest, [submitted, approved, created], [submitted, decided, approved], () => null);
    expect(cause?.chain.map(({ entry }) => entry)).toEqual([1, 2, 3, 0]);
    expect(cause?.by).toMatchObject({
      requester: tom,
      approvals: [{ approver: hanna, decision: 'approve', entry: 2 }],
    });
  });

  it('is unknown where the entry of the assignment does not say it', () => {
    const malformed = leaf(0, 'assignment.created', byRequest, { ...assigned, cause: 'request' });
    expect(explanationOf(byRequest, [submitted, malformed], [submitted], () => null)).toBeNull();
  });

  it('names nobody who asked where the entry of the request is malformed', () => {
    const malformed = leaf(1, 'request.submitted', request, { ...asked, requester: 7 });
    const cause = explanationOf(byRequest, [malformed, created], [malformed], () => null);
    expect(cause?.by).toMatchObject({ requester: null, approvals: [] });
  });

  it('is unknown while the log does not know of the assignment', () => {
    expect(explanationOf(byRequest, [submitted, approved], [submitted], () => null)).toBeNull();
  });
});
