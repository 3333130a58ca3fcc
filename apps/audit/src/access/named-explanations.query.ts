import { Injectable } from '@nestjs/common';
import type { AsFoundGrounds } from '#libs/contracts/decisions.js';
import type { Explanation } from './explanation.js';
import { Explanations } from './explanations.query.js';
import { type KnownTitles, People, type Person, type Title, Titles } from '../log/log.exports.js';

/** An explanation with the names of its people and package. */
export type NamedExplanation = Omit<Explanation, 'by'> & {
  /** The names of the ids in the explanation. */
  readonly named: { readonly package: Title; readonly rule: Title | null };
  readonly by:
    | { readonly type: 'birthright'; readonly rule: string }
    | (Omit<AsFoundGrounds, 'certifiedBy'> & { readonly certifiedBy: Person | null })
    | { readonly type: 'workflow'; readonly workflow: string; readonly version: number; readonly step: string }
    | { readonly type: 'direct' | 'just-in-time' | 'break-glass'; readonly by: Person }
    | {
        readonly type: 'request';
        readonly request: string;
        readonly requester: Person | null;
        readonly submittedAt: string | null;
        readonly justification: string | null;
        readonly approvals: readonly {
          readonly approver: Person;
          readonly decision: 'approve' | 'deny';
          readonly at: string;
          readonly comment: string | null;
          readonly entry: number;
        }[];
      };
};

export interface Explained {
  readonly person: (id: string) => Person;
  readonly application: (id: string) => Title;
  /** The explanations of those assignments that the log knew. */
  readonly why: (assignments: readonly string[]) => NamedExplanation[];
}

/** Names and explanations for a page of answers, in a constant number of statements. */
@Injectable()
export class NamedExplanations {
  constructor(
    private readonly causes: Explanations,
    private readonly people: People,
    private readonly titles: Titles,
  ) {}

  async of(about: {
    identities: readonly string[];
    applications: readonly string[];
    assignments: readonly string[];
    knownAt: string;
  }): Promise<Explained> {
    const causes = await this.causes.of(about.assignments, about.knownAt);
    const person = await this.people.named(
      [...about.identities, ...[...causes.values()].flatMap(peopleIn)],
      about.knownAt,
    );
    const titles = await this.titles.named(
      [...about.applications, ...[...causes.values()].flatMap(titledIn)],
      about.knownAt,
    );
    const why = new Map([...causes].map(([id, cause]) => [id, named(cause, person, titles)]));
    return {
      person,
      application: (id) => titles.of('application', id),
      why: (assignments) => assignments.flatMap((id) => why.get(id) ?? []),
    };
  }
}

function peopleIn({ by }: Explanation): string[] {
  if (by.type === 'birthright' || by.type === 'workflow') return [];
  if (by.type === 'as-found') return by.certifiedBy === null ? [] : [by.certifiedBy];
  if (by.type !== 'request') return [by.by];
  return [...(by.requester === null ? [] : [by.requester]), ...by.approvals.map(({ approver }) => approver)];
}

const titledIn = (cause: Explanation): string[] => [
  cause.package,
  ...(cause.by.type === 'birthright' ? [cause.by.rule] : []),
];

function named(cause: Explanation, person: (id: string) => Person, titles: KnownTitles): NamedExplanation {
  const { by } = cause;
  const rule = by.type === 'birthright' ? titles.of('rule', by.rule) : null;
  const titled = { ...cause, named: { package: titles.of('package', cause.package), rule } };
  if (by.type === 'birthright' || by.type === 'workflow') return { ...titled, by };
  if (by.type === 'as-found') {
    const certifiedBy = by.certifiedBy === null ? null : person(by.certifiedBy);
    return { ...titled, by: { ...by, certifiedBy } };
  }
  if (by.type !== 'request') return { ...titled, by: { ...by, by: person(by.by) } };
  const requester = by.requester === null ? null : person(by.requester);
  const approvals = by.approvals.map((approval) => ({ ...approval, approver: person(approval.approver) }));
  return { ...titled, by: { ...by, requester, approvals } };
}
