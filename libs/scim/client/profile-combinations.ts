import type { ProblemError } from '#libs/problems/problem.js';
import type { ScimProfile } from './profile.js';

/** What is wrong with switches that do not go together. */
export function profileProblems(profile: ScimProfile, pointer: string): ProblemError[] {
  const { memberChanges, readMembers, searchable: can, patchShape, update, version } = profile;
  const found: [boolean, string, string][] = [
    [
      memberChanges === 'put' && readMembers !== 'in-group',
      'memberChanges',
      'put writes the members that the group shows, and this one shows none (readMembers): others would lose access',
    ],
    [readMembers === 'by-filter' && !can.operators.includes('and'), 'readMembers', 'by-filter needs the operator and'],
    [
      profile.reactivateOnConflict && !can.operators.includes('and'),
      'reactivateOnConflict',
      'searches for disabled accounts with the operator and: add it to searchable.operators',
    ],
    [
      profile.deactivate === 'delete' && profile.deleteMeans !== 'soft',
      'deactivate',
      'delete disables only where DELETE keeps the account: give soft in deleteMeans, or another way to disable',
    ],
    [version === '1.1' && update === 'patch' && patchShape !== 'paths', 'patchShape', 'is for SCIM 2.0: leave it out'],
    [version === '1.1' && profile.bulk !== null, 'bulk', 'is for SCIM 2.0: leave it out'],
    [version === '1.1' && profile.paging === 'cursor', 'paging', 'cursor is for SCIM 2.0: give index or none'],
  ];
  return found.filter(([wrong]) => wrong).map(([, name, detail]) => ({ pointer: `${pointer}/${name}`, detail }));
}
