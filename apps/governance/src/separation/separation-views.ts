import type { ExceptionEndCode } from '../assignments/assignments.exports.js';
import type { NamedPerson } from '../names/names.exports.js';
import type { Titled } from '../policy/policy.exports.js';

/** An exception as the API shows it. */
export interface ExceptionView {
  readonly id: string;
  readonly ruleId: string;
  readonly rule: Titled;
  readonly identityId: string;
  readonly identity: NamedPerson;
  /** Without a name where a subject without identity granted it. */
  readonly grantedBy: NamedPerson;
  /** What is done instead against the risk. */
  readonly mitigation: string | null;
  readonly grantedAt: string;
  /** The first instant at which it is over. */
  readonly endsAt: string;
  readonly status: 'active' | 'ended';
  readonly endedAt: string | null;
  readonly code: ExceptionEndCode | null;
}

/** A violation as the API shows it. */
export interface FindingView {
  readonly id: string;
  readonly ruleId: string;
  readonly rule: Titled;
  readonly identityId: string;
  readonly identity: NamedPerson;
  /** What the person has of the rule. */
  readonly packages: readonly Titled[];
  /** Of the rule, who have to solve or except it. Empty: policy administrators. */
  readonly owners: readonly string[];
  readonly status: 'open' | 'excepted' | 'solved';
  readonly foundAt: string;
  readonly dueAt: string;
  readonly solvedAt: string | null;
}
