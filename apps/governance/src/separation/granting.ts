import { ownerNames } from '../policy/policy.exports.js';
import { AlreadyExcepted, NotRuleOwner, OwnException, StageApprover } from './separation.errors.js';

/** What is known of an exception before it is granted. */
export interface Granting {
  readonly rule: string;
  /** Of the rule, as it names them; empty: policy administrators. */
  readonly owners: readonly string[];
  /** Null for a subject without identity. */
  readonly grantedBy: string | null;
  readonly isPolicyAdmin: boolean;
  /** Packages whose holder the granter is. */
  readonly holds: readonly string[];
  readonly identityId: string;
  /** Is the person above the granter, however far? */
  readonly superiors: boolean;
  /** Who approves, or approved, what the person has or asks for of this rule. */
  readonly stageApprovers: ReadonlySet<string>;
  readonly excepted: boolean;
}

/** Is this one an owner of a rule? Where nobody is named, policy administrators are. */
export function ownsRule({
  owners,
  grantedBy,
  isPolicyAdmin,
  holds,
}: Pick<Granting, 'owners' | 'grantedBy' | 'isPolicyAdmin' | 'holds'>): boolean {
  if (owners.length === 0) return isPolicyAdmin;
  const names = ownerNames(grantedBy, holds);
  return owners.some((owner) => names.includes(owner));
}

/** First: nobody else learns which rules there are, nor anything of the people. @throws NotRuleOwner */
export function requireOwner(rule: string, granting: Parameters<typeof ownsRule>[0]): void {
  if (!ownsRule(granting)) throw new NotRuleOwner('only an owner of the rule may grant exceptions from it', { rule });
}

/** @throws NotRuleOwner, OwnException, StageApprover, AlreadyExcepted */
export function refuseException(granting: Granting): void {
  const { rule, grantedBy, identityId, superiors, stageApprovers, excepted } = granting;
  requireOwner(rule, granting);
  if (grantedBy === identityId)
    throw new OwnException('nobody grants an exception to themselves: ask another owner of the rule', { rule });
  if (superiors)
    throw new OwnException('you may not grant an exception to somebody you report to: ask another owner of the rule', {
      rule,
    });
  if (grantedBy !== null && stageApprovers.has(grantedBy))
    throw new StageApprover(
      'you approve what this person has or asks for of this rule: another owner of the rule must grant the exception',
      { rule },
    );
  if (excepted)
    throw new AlreadyExcepted('the person has an exception from this rule: end it, or let it end, first', { rule });
}
