import { Injectable } from '@nestjs/common';
import { firstUuid } from '#libs/event-store/ids.js';
import { AuthorityEffects } from './authority.query.js';
import { Orphans } from './orphans.query.js';
import type { PlaceOfPage, PreviewedPerson } from './previewed-person.js';
import type { Purpose } from './purpose.js';
import { type Previewed, Situations } from './situations.query.js';

/** What is previewed, for whom, and to what purpose. */
export interface Asked extends Previewed {
  readonly purpose: Purpose;
}

/** A page of people. */
interface Page {
  readonly people: PreviewedPerson[];
  readonly next: PlaceOfPage | null;
}

/** Those for whom what is previewed does something, whatever its purpose. */
@Injectable()
export class PreviewedPeople {
  constructor(
    private readonly situations: Situations,
    private readonly orphans: Orphans,
    private readonly authority: AuthorityEffects,
  ) {}

  beginning({ of }: Purpose): PlaceOfPage {
    if (of === 'orphans') return { part: 'orphans', after: '' };
    return of === 'authority' ? { part: 'holders', after: '0' } : { part: 'desired', after: firstUuid };
  }

  /** People after a place, in order; `next` is null at the end. */
  async page(asked: Asked, from: PlaceOfPage): Promise<Page> {
    const { purpose, connector, terms } = asked;
    if (purpose.of === 'orphans')
      return placed('orphans', await this.orphans.page(connector, terms, purpose.orphans, from.after));
    if (purpose.of === 'authority') {
      const { entitlements } = purpose;
      return placed('holders', await this.authority.page({ connector, terms, entitlements }, from.after));
    }
    return await this.situations.page(asked, from);
  }

  /** The same of these people. */
  async of(
    asked: Asked,
    people: readonly { readonly identityId: string; readonly accountId: string | null }[],
  ): Promise<PreviewedPerson[]> {
    const { purpose, connector, terms } = asked;
    const accounts = people.flatMap(({ accountId }) => (accountId === null ? [] : [accountId]));
    if (purpose.of === 'orphans') return await this.orphans.of(connector, terms, accounts);
    if (purpose.of === 'authority')
      return await this.authority.of({ connector, terms, entitlements: purpose.entitlements }, accounts);
    return await this.situations.of(
      asked,
      people.map(({ identityId }) => identityId),
    );
  }
}

const placed = (
  part: PlaceOfPage['part'],
  { people, next }: { readonly people: PreviewedPerson[]; readonly next: string | null },
): Page => ({ people, next: next === null ? null : { part, after: next } });
