import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { packageNamed, step, workflowNamed } from '../people/given-person.fixtures.js';
import { CatalogSnapshot, type CatalogEntry, type Workflow } from '../policy/policy.exports.js';
import { WorkflowDto } from './workflow.dto.js';
import { workflowOf } from './workflow.input.js';
import { workflowProblems } from './workflow-rules.js';

const vault: CatalogEntry = {
  kind: 'application',
  id: 'wiki',
  version: 1,
  document: {
    displayName: 'Wiki',
    connectorId: null,
    provisionedBy: 'hub',
    owners: [],
    region: null,
    dataClass: null,
    priority: 'normal',
    entitlements: [
      { group: 'root', displayName: 'root', description: null, risk: null, owner: null, privileged: true },
    ],
  } as unknown as CatalogEntry['document'],
};
const packages = [
  vault,
  packageNamed('editor'),
  packageNamed('root', { maxDuration: 'P1D' }),
  packageNamed('old', { status: 'retired' }),
];
const grant = (offsetDays: number, id = 'editor') => step(offsetDays, { action: 'grant', package: id });
const revoke = (offsetDays: number, id = 'editor') => step(offsetDays, { action: 'revoke', package: id });

const problems = (
  trigger: Workflow['trigger'],
  steps: Workflow['steps'],
  { filter = null, others = [] }: { filter?: string | null; others?: readonly CatalogEntry[] } = {},
) => {
  const document = { displayName: 'w', trigger, filter, enabled: true, steps };
  return workflowProblems('w', document, new CatalogSnapshot(1, [...packages, ...others]));
};

describe('a workflow is refused at its definition', () => {
  it.each<[string, Workflow['trigger'], Workflow['steps'][number], string, RegExp]>([
    ['that names an unknown package', 'joiner', grant(0, 'nothing'), '/steps/0/package', /there is no nothing/],
    ['that grants a retired package', 'joiner', grant(0, 'old'), '/steps/0/package', /is retired/],
    ['that grants what is privileged', 'joiner', grant(0, 'root'), '/steps/0/package', /privileged/],
    ['that acts before the first day', 'joiner', grant(-1), '/steps/0/offsetDays', /before the first day/],
    ['that acts before a move', 'mover', revoke(-1), '/steps/0/offsetDays', /before the move/],
    ['that gives something to who has left', 'leaver', grant(0), '/steps/0/offsetDays', /holds nothing/],
    ['that disables who has left', 'leaver', step(1, { action: 'disable' }), '/steps/0/offsetDays', /are disabled/],
    ['that deletes who is here', 'leaver', step(-1, { action: 'delete' }), '/steps/0/offsetDays', /in use/],
    ['that disables a mover', 'mover', step(0, { action: 'disable' }), '/steps/0/action', /not for a mover/],
    [
      'that transfers what a joiner owns',
      'joiner',
      step(0, { action: 'transfer-ownership' }),
      '/steps/0/action',
      /for a mover or a leaver/,
    ],
    ['that revokes from who has left', 'leaver', revoke(3), '/steps/0/offsetDays', /has revoked everything/],
  ])('%s', (_, trigger, one, pointer, detail) => {
    expect(problems(trigger, [one])).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
  });

  it('that grants what it revokes on the same day', () => {
    expect(problems('joiner', [grant(3), revoke(3)])).toMatchObject([{ pointer: '/steps/0' }]);
    expect(problems('joiner', [grant(3), revoke(4)])).toEqual([]);
  });
  it('that grants what another one revokes on the same day from the same people', () => {
    const others = [workflowNamed('other', 'joiner', [revoke(3)], { filter: 'department eq "Sales"' })];
    expect(problems('joiner', [grant(3)], { others })).toMatchObject([
      { pointer: '/steps/0', detail: expect.stringContaining('step 0 of workflow other') },
    ]);
    const filter = 'jobTitle eq "Lead" and department eq "sales"';
    expect(problems('joiner', [grant(3)], { others, filter })).toHaveLength(1);
  });
  it('not where nobody has both, or at another time, or where one of them begins for nobody', () => {
    const sales = [workflowNamed('other', 'joiner', [revoke(3)], { filter: 'department eq "Sales"' })];
    expect(problems('joiner', [grant(3)], { others: sales, filter: 'department eq "Research"' })).toEqual([]);
    expect(problems('mover', [grant(3)], { others: sales })).toEqual([]);
    const off = [workflowNamed('other', 'joiner', [revoke(3)], { enabled: false })];
    expect(problems('joiner', [grant(3)], { others: off })).toEqual([]);
  });
});

describe('a step', () => {
  const read = (one: object) => () =>
    workflowOf(plainToInstance(WorkflowDto, { displayName: 'w', trigger: 'joiner', steps: [one] }));

  it('has what its action needs, and nothing else', () => {
    expect(read({ offsetDays: 0, action: 'grant' })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/steps/0/package' })] }),
    );
    expect(read({ offsetDays: 0, action: 'notify', to: 'manager' })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/steps/0/message' })] }),
    );
    expect(read({ offsetDays: 0, action: 'revoke', package: 'editor', to: 'person' })).toThrow(
      expect.objectContaining({ errors: [{ pointer: '/steps/0/to', detail: 'is not used by revoke: leave it out' }] }),
    );
  });
});
