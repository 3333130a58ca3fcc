import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { foldText } from '#libs/text/text.js';
import { type ConnectorDocument, nonPersonKindBy } from '../connectors/connectors.exports.js';
import { classify, type Match, ranks } from './classification.js';
import { KnownPeople } from './known-people.store.js';
import { type MatchedRow, ObservedMatches } from './observed-matches.store.js';
import { orphanIdentity } from './orphan-identity.js';
import { keyName } from './person-keys.js';

/** An attribute of the account, and the one of the identity that it is compared with. */
interface Compared {
  readonly target: string;
  readonly source: string;
}

/** What of a connector's document says whose accounts are. */
export type MatchingTerms = Pick<ConnectorDocument, 'matching' | 'nonPersons'>;

/** Candidates that are kept of one account. */
const mostCandidates = 10;

const byId: Compared = { target: 'externalId', source: 'id' };
const byName: Compared = { target: 'userName', source: 'userName' };

/** Says whose the observed accounts of a connector are, page by page. */
@Injectable()
export class MatchObserved {
  constructor(
    private readonly rows: ObservedMatches,
    private readonly people: KnownPeople,
  ) {}

  /** Attribute paths that matching compares. */
  paths(document: MatchingTerms): string[] {
    return rulesOf(document).map(({ target }) => target);
  }

  /** Nothing is written of accounts whose owner is as before. */
  async match(connector: string, document: MatchingTerms, now: string): Promise<void> {
    await this.eachPage(connector, (page) => this.find(connector, rulesOf(document), page));
    await this.eachPage(connector, (page) => this.classify(connector, document, page, now));
  }

  /** Says again whose these accounts are, and those that were found for the same people. */
  async rematch(connector: string, terms: MatchingTerms, accounts: readonly string[], now: string): Promise<void> {
    const before = await this.rows.of(connector, accounts);
    await this.find(connector, rulesOf(terms), before);
    const after = await this.rows.of(connector, accounts);
    const people = [...new Set([...before, ...after].flatMap(({ match }) => match?.candidates ?? []))];
    const others = await this.rows.ofOwners(connector, people);
    const all = new Map([...others, ...after].map((row) => [row.no, row]));
    await this.classify(connector, terms, [...all.values()], now);
  }

  private async eachPage(connector: string, work: (page: readonly MatchedRow[]) => Promise<void>): Promise<void> {
    let after = 0;
    for (;;) {
      const page = await this.rows.page(connector, after);
      const last = page.at(-1);
      if (last === undefined) return;
      await work(page);
      after = last.no;
    }
  }

  /** By which rule each account is found to be somebody's. */
  private async find(connector: string, rules: readonly Compared[], page: readonly MatchedRow[]): Promise<void> {
    const found = new Map<number, Match | null>(page.map((row) => [row.no, knownOwner(connector, row)]));
    for (const [rank, rule] of rules.entries()) {
      const open = page.filter(({ no }) => found.get(no) === null);
      const values = new Map(open.map((row) => [row.no, foldedValues(row, rule.target)]));
      const all = [...new Set([...values.values()].flat())];
      if (all.length === 0) continue;
      const people = await this.people.having(keyName(rule.source), all, mostCandidates);
      for (const [no, own] of values) {
        const candidates = [...new Set(own.flatMap((value) => people.get(value) ?? []))];
        if (candidates.length > 0) found.set(no, { rule: rule.target, rank, candidates });
      }
    }
    const changed = page.flatMap(({ no, match }) => {
      const now = found.get(no) ?? null;
      return isDeepStrictEqual(now, match) ? [] : [{ no, match: now }];
    });
    await this.rows.storeMatches(connector, changed);
  }

  private async classify(
    connector: string,
    document: MatchingTerms,
    page: readonly MatchedRow[],
    now: string,
  ): Promise<void> {
    const owners = [...new Set(page.flatMap(({ match }) => (match?.candidates.length === 1 ? match.candidates : [])))];
    const rivals = await this.rows.rivals(connector, owners);
    const people = await this.people.of(owners);
    const kindOf = nonPersonKindBy(document.nonPersons);
    const changes = page.flatMap((row) => {
      const [owner = ''] = row.match?.candidates ?? [];
      const classified = classify({
        ...row,
        nonPerson: kindOf(row),
        sameOwner: rivals.get(owner) ?? [],
        person: people.get(owner) ?? null,
        today: now.slice(0, 'YYYY-MM-DD'.length),
      });
      return isDeepStrictEqual(classified, row.classified) ? [] : [{ no: row.no, classified }];
    });
    await this.rows.storeClassified(connector, changes);
  }
}

/** The id that the hub writes is looked at first, as when an account is made. */
function rulesOf({ matching }: Pick<ConnectorDocument, 'matching'>): readonly Compared[] {
  return [byId, ...(matching ?? [byName])];
}

/** What a person decided, or what the hub keeps: no rule is asked. */
function knownOwner(connector: string, { accountId, ownership, keptFor }: MatchedRow): Match | null {
  if (ownership?.decision === 'person' && ownership.identityId !== null)
    return { rule: 'decision', rank: ranks.decided, candidates: [ownership.identityId] };
  const isKept = keptFor !== null && keptFor !== orphanIdentity(connector, accountId);
  return !isKept ? null : { rule: 'kept', rank: ranks.kept, candidates: [keptFor] };
}

function foldedValues({ shown }: MatchedRow, target: string): string[] {
  const values = Object.hasOwn(shown, target) ? (shown[target] ?? []) : [];
  return values.filter((one): one is string => typeof one === 'string' && one !== '').map(foldText);
}
