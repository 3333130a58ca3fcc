import { entitlementKey, entitlementOf } from '#libs/contracts/entitlement.js';
import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import type { Account, Goal, Granted, GrantedKind } from '../../accounts/accounts.exports.js';
import { step, type RunStep, type StepValue } from '../../on-demand/on-demand.exports.js';
import {
  changesSeen,
  type EntitlementTarget,
  holderSeen,
  observedOf,
  reading,
  type ShownAccount,
  type Target,
} from '../../targets/targets.exports.js';

type Seen = ReturnType<typeof changesSeen>;

/** Does what was seen agree? Null where it was not shown. */
const agrees = (seen: Seen): boolean | null => (seen === 'not-visible' ? null : seen === 'yes');

/** Reads an account, and compares what the application shows with what it should be. */
export async function verified(
  { accounts }: Pick<Target, 'accounts'>,
  grants: (kind: GrantedKind) => EntitlementTarget | null,
  goal: Goal,
  account: Account,
): Promise<RunStep> {
  if (account.accountId === null) return step('verification', 'skipped', 'the hub knows no account of the person');
  try {
    const shown = await accounts.read(account.accountId, reading);
    const held = goal.active ? await holdings(grants, account.accountId, goal, account) : [];
    return judged([...valuesOf(shown, goal), ...held]);
  } catch (error) {
    if (isGone(error)) {
      const detail = 'the application shows no such account';
      return step('verification', goal.active ? 'failed' : 'done', detail);
    }
    if (!(error instanceof CallFailure)) throw error;
    return step('verification', 'failed', `it could not be read (${error.terms.code}): ${error.terms.detail}`);
  }
}

function judged(values: readonly StepValue[]): RunStep {
  const differ = values.filter(({ isSame }) => isSame === false).map(({ name }) => name);
  const unseen = values.filter(({ isSame }) => isSame === null).map(({ name }) => name);
  if (differ.length > 0)
    return step('verification', 'failed', `the application shows otherwise: ${differ.join(', ')}`, { values });
  const rest = unseen.length === 0 ? '' : `; it does not show ${unseen.join(', ')}`;
  return step('verification', 'done', `the application shows the account${rest}`, { values });
}

function valuesOf(shown: ShownAccount, { active, attributes }: Goal): StepValue[] {
  const isActive = { name: 'active', value: active, shown: shown.active, isSame: sameOrUnseen(active, shown.active) };
  const values = Object.entries(attributes)
    .filter(([path]) => path !== 'active')
    .map(([path, value]): StepValue => {
      const seen = observedOf(shown, [path])[path] ?? null;
      return { name: path, value: value ?? null, shown: seen, isSame: agrees(changesSeen(shown, { [path]: value })) };
    });
  return [isActive, ...values];
}

const sameOrUnseen = (wanted: boolean, shown: boolean | null): boolean | null =>
  shown === null ? null : shown === wanted;

async function holdings(
  grants: (kind: GrantedKind) => EntitlementTarget | null,
  accountId: string,
  { entitlements }: Goal,
  { granted }: Account,
): Promise<StepValue[]> {
  const values: StepValue[] = [];
  for (const { entitlement } of entitlements) {
    const { kind, name } = entitlementOf('', entitlement);
    const key = entitlementKey(entitlement);
    const source = kind === 'account' ? null : grants(kind);
    const known: Granted | undefined = granted[key];
    const isSame = source === null || name === null ? null : await isHeld(source, known?.id ?? null, name, accountId);
    values.push({ name: key, value: true, shown: isSame, isSame });
  }
  return values;
}

/** Null where the application does not show it. */
async function isHeld(
  source: EntitlementTarget,
  known: string | null,
  name: string,
  accountId: string,
): Promise<boolean | null> {
  const id = known ?? (await source.find(name, reading)).find((one) => one.name === name)?.id ?? null;
  if (id === null) return false;
  return agrees(holderSeen(await source.holders(id, [accountId], reading), accountId));
}
