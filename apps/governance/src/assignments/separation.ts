import { isDeepStrictEqual } from 'node:util';
import type { Access, ExceptionChanges } from './access-state.js';
import type {
  ExceptionEndCode,
  SeparationEvent,
  SeparationException,
  SeparationExceptionEnded,
  SeparationFinding,
} from './separation.events.js';

/** The exceptions of somebody at an instant. */
export interface ExceptionsNow {
  /** Rules of which there is an exception. */
  readonly rules: ReadonlySet<string>;
  /** Rules of which one ends now, and no other lasts: what came later goes. */
  readonly lapsed: ReadonlySet<string>;
  readonly facts: readonly SeparationEvent[];
}

/** Rules of which somebody has an exception at this instant. */
export const exceptedRules = ({ exceptions }: Pick<Access, 'exceptions'>, at: string): ReadonlySet<string> =>
  new Set(exceptions.filter(({ until }) => at < until).map(({ rule }) => rule));

/** What time, and what was decided elsewhere, makes of somebody's exceptions. @param restored those that a leaving had ended */
export function exceptionsNow(
  { exceptions }: Pick<Access, 'exceptions'>,
  { granted, withdrawn }: ExceptionChanges,
  at: string,
  restored: readonly SeparationException[] = [],
): ExceptionsNow {
  const over = (one: SeparationException): boolean => one.until <= at || withdrawn.includes(one.exceptionId);
  const rules = new Set([...exceptions.filter((one) => !over(one)), ...granted, ...restored].map(({ rule }) => rule));
  const ended = exceptions.filter(over);
  return {
    rules,
    lapsed: new Set(ended.map(({ rule }) => rule).filter((rule) => !rules.has(rule))),
    facts: [
      ...ended.map((one) => exceptionEnded(one, one.until <= at ? 'expired' : 'withdrawn', at)),
      ...granted.map(({ mitigation, ...exception }): SeparationEvent => {
        const personal = { exception: { subject: exception.identityId, fields: { mitigation } } };
        return { type: 'SeparationExceptionGranted', v: 1, data: { ...exception, grantedAt: at }, personal };
      }),
      ...restored.map((one): SeparationEvent => ({
        type: 'SeparationExceptionRestored',
        v: 1,
        data: { ...one, restoredAt: at },
      })),
    ],
  };
}

/** Every exception ends with the identity's last employment. */
export const exceptionsOfLeaver = ({ exceptions }: Pick<Access, 'exceptions'>, at: string): SeparationEvent[] =>
  exceptions.map((one) => exceptionEnded(one, 'left', at));

/** Exceptions that a leaving ended which did not hold, unless their end is past. */
export const restoredExceptions = (
  { takenExceptions = [] }: Pick<Access, 'takenExceptions'>,
  at: string,
): SeparationException[] => takenExceptions.flatMap(({ exception }) => (at < exception.until ? [exception] : []));

function exceptionEnded(exception: SeparationException, code: ExceptionEndCode, at: string): SeparationExceptionEnded {
  return { type: 'SeparationExceptionEnded', v: 1, data: { ...exception, code, endedAt: at } };
}

/** A violation as it is found: with the rule, and what the person has of it. */
export interface Violation {
  readonly rule: string;
  readonly packages: readonly string[];
  readonly dueAt: string;
}

/** What becomes of somebody's findings: each violated rule has one, until nothing violates it. */
export function findingChanges(
  identityId: string,
  violations: readonly Violation[],
  { findings, exceptions }: Pick<Access, 'findings' | 'exceptions'>,
  { at, newId }: { readonly at: string; readonly newId: () => string },
): SeparationEvent[] {
  const excepted = exceptedRules({ exceptions }, at);
  const solved = findings.filter(({ rule }) => !violations.some((one) => one.rule === rule));
  const stated = violations.flatMap(({ rule, packages, dueAt }): SeparationFinding[] => {
    const known = findings.find((one) => one.rule === rule);
    const status = excepted.has(rule) ? 'excepted' : 'open';
    const found = known ?? { findingId: newId(), identityId, rule, foundAt: at, dueAt };
    // After an exception there is as much time as at first.
    const due = known?.status === 'excepted' && status === 'open' ? dueAt : found.dueAt;
    const now: SeparationFinding = { ...found, packages, status, dueAt: due };
    return isDeepStrictEqual(now, known) ? [] : [now];
  });
  return [
    ...solved.map((one): SeparationEvent => ({
      type: 'SeparationFindingSolved',
      v: 1,
      data: { ...one, solvedAt: at },
    })),
    ...stated.map((data): SeparationEvent => ({ type: 'SeparationFindingStated', v: 1, data })),
  ];
}

export function foldSeparation(state: Access, event: SeparationEvent): Access {
  const { exceptions } = state;
  switch (event.type) {
    case 'SeparationExceptionGranted': {
      const { grantedAt: _, ...exception } = event.data;
      return { ...state, exceptions: [...exceptions, exception] };
    }
    case 'SeparationExceptionEnded':
      return { ...state, exceptions: otherExceptions(state, event.data), ...takenWith(event, state) };
    case 'SeparationExceptionRestored': {
      const { restoredAt: _, ...exception } = event.data;
      const others = (state.takenExceptions ?? []).filter((one) => one.exception.exceptionId !== exception.exceptionId);
      return { ...state, exceptions: [...exceptions, exception], takenExceptions: others };
    }
    case 'SeparationFindingStated':
      return { ...state, findings: [...otherFindings(state, event.data), event.data] };
    case 'SeparationFindingSolved':
      return { ...state, findings: otherFindings(state, event.data) };
  }
}

/** What the leaving ends is kept until it is known whether it holds; what an earlier one ended is not. */
function takenWith(
  { data: { code, endedAt, ...exception } }: SeparationExceptionEnded,
  { takenExceptions = [] }: Access,
): Pick<Access, 'takenExceptions'> {
  if (code !== 'left') return {};
  const sameLeaving = takenExceptions.filter(({ takenAt }) => takenAt === endedAt);
  return { takenExceptions: [...sameLeaving, { exception, takenAt: endedAt }] };
}

const otherExceptions = (
  { exceptions }: Access,
  { exceptionId }: Pick<SeparationException, 'exceptionId'>,
): SeparationException[] => exceptions.filter((one) => one.exceptionId !== exceptionId);

const otherFindings = ({ findings }: Access, { findingId }: SeparationFinding): SeparationFinding[] =>
  findings.filter((one) => one.findingId !== findingId);
