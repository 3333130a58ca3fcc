import { refuseException, type Granting } from './granting.js';

const granting: Granting = {
  rule: 'payments',
  owners: ['olga', 'package:risk'],
  grantedBy: 'olga',
  isPolicyAdmin: false,
  holds: [],
  identityId: 'ada',
  superiors: false,
  stageApprovers: new Set(['grace']),
  excepted: false,
};

describe('an exception from separation of duties', () => {
  it.each<[string, Partial<Granting>, string | null]>([
    ['an owner of the rule grants it', {}, null],
    ['a holder of a package that owns the rule, too', { grantedBy: 'rita', holds: ['risk'] }, null],
    [
      'nobody else, not even a policy administrator',
      { grantedBy: 'paul', isPolicyAdmin: true },
      'separation.not_owner',
    ],
    ['a policy administrator, where the rule has no owner', { owners: [], grantedBy: null, isPolicyAdmin: true }, null],
    ['nobody else, where the rule has no owner', { owners: [] }, 'separation.not_owner'],
    ['nobody for themselves', { identityId: 'olga' }, 'separation.own_exception'],
    ['nobody for somebody they report to', { superiors: true }, 'separation.own_exception'],
    ['never a stage approver of the request', { stageApprovers: new Set(['olga']) }, 'separation.stage_approver'],
    ['once', { excepted: true }, 'separation.already_excepted'],
  ])('%s', (_, more, code) => {
    const refused = (): string | null => {
      try {
        refuseException({ ...granting, ...more });
        return null;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(refused()).toBe(code);
  });
});
