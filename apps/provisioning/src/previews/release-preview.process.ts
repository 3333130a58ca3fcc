import { Injectable, type OnModuleInit } from '@nestjs/common';
import { actorId } from '#libs/auth/caller.js';
import { type Causation, hasShape, parsed } from '#libs/event-store/core.js';
import { firstUuid, uuidv5, uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { Clock } from '#libs/system/clock.js';
import { Accounts, desireNothing, makeDue } from '../accounts/accounts.exports.js';
import { Connectors, released } from '../connectors/connectors.exports.js';
import { linkFacts } from './linking.js';
import { MakePreview } from './make-preview.process.js';
import { type PreviewedState, type PreviewTermsRow, Previews } from './previews.store.js';
import { type ReleasedPage, Releases } from './releases.store.js';
import type { PlaceOfPage, PreviewedPerson } from './previewed-person.js';
import { PreviewedPeople } from './previewed-people.process.js';
import { takingFacts } from './taking.js';

const releasing = 'release-preview';
/** People released by one work. */
const pageSize = 200;

interface Progress {
  readonly after: string;
}
const isProgress = hasShape<Progress>({ after: 'text' });

/**
 * Releases a preview page by page, while the connector still observes: accounts that were found become their people's.
 * Who changed meanwhile is left out. When all pages are done, the connector enforces for those who were released.
 */
@Injectable()
export class ReleaseByPage implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly previews: Previews,
    private readonly people: PreviewedPeople,
    private readonly releases: Releases,
    private readonly accounts: Accounts,
    private readonly connectors: Connectors,
    private readonly makePreview: MakePreview,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(releasing, (due, work) => this.fire(due, work));
  }

  stage(work: Work, preview: string): void {
    this.timers.at(work, { kind: releasing, key: preview, dueAt: this.clock.now(), payload: { after: firstUuid } });
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    for (const { key, payload } of due) {
      const terms = await this.previews.terms(key);
      if (terms?.status !== 'releasing') continue;
      const { after } = parsed<Progress>(`the progress of the release of preview ${key}`, isProgress, payload);
      const items = await this.previews.states(key, after, pageSize);
      const page = await this.releasePage(work, key, terms, items);
      const last = items.length < pageSize ? undefined : items.at(-1);
      if (last === undefined) {
        await this.finish(work, key, terms, page);
        continue;
      }
      this.releases.count(work, key, page);
      this.timers.at(work, {
        kind: releasing,
        key,
        dueAt: this.clock.now(),
        payload: { after: last.identityId },
      });
    }
  }

  private async releasePage(
    work: Work,
    preview: string,
    released: PreviewTermsRow,
    items: readonly PreviewedState[],
  ): Promise<ReleasedPage> {
    const { connector, terms, purpose, releasedBy } = released;
    const now = await this.people.of({ connector, terms, scope: null, purpose }, items);
    const byId = new Map(now.map((person) => [person.identityId, person]));
    const same = items.flatMap(({ identityId, state, effect }) => {
      const person = byId.get(identityId);
      const isDone = effect !== 'fails' && effect !== 'waits';
      return person !== undefined && person.state === state && isDone ? [person] : [];
    });
    for (const person of same) this.link(work, person, causationOf(preview, releasedBy));
    if (purpose.of === 'authority') this.take(work, preview, released, same);
    const done = new Set(same.map(({ identityId }) => identityId));
    const others = items.filter(({ identityId }) => !done.has(identityId));
    this.releases.free(work, { connector, preview }, [...done]);
    this.releases.hold(
      work,
      { connector, preview },
      others.map(({ identityId }) => identityId),
    );
    const left = others.filter(({ effect }) => effect !== 'fails' && effect !== 'waits');
    const leftOut = left.map(({ identityId }) => identityId);
    this.releases.mark(work, preview, leftOut);
    const ghosts = same.filter(({ isGhost }) => isGhost);
    desireNothing(
      work,
      ghosts.map(({ identityId, application, link }) => ({ identityId, application, messageId: link.operation })),
      this.clock.now(),
    );
    return { done: done.size, leftOut: leftOut.length };
  }

  /** The account that was found is the person's from now on. */
  private link(work: Work, person: PreviewedPerson, causation: Causation): void {
    const { known, found, outcome, link, version, identityId } = person;
    if (known.accountId !== null || found === null) return;
    const operation = uuidv5(`release/${causation.correlationId}/${identityId}`);
    const facts = linkFacts({ ...link, operation }, found, outcome.keeps);
    this.accounts.stage(
      work,
      { id: Accounts.idOf(identityId, link.connector), state: known, version },
      facts,
      causation,
    );
  }

  /** What accounts hold and should not counts as given by the hub from now on, which takes it. */
  private take(
    work: Work,
    preview: string,
    { connector, releasedBy, reason }: PreviewTermsRow,
    people: readonly PreviewedPerson[],
  ): void {
    const at = this.clock.now();
    for (const { identityId, application, known: state, version, found } of people) {
      const about = { preview, connector, application, identityId };
      const facts = takingFacts(about, found?.holds ?? [], {
        actor: actorId(releasedBy ?? ''),
        reason: reason ?? '',
        at,
      });
      const stream = { id: Accounts.idOf(identityId, connector), state, version };
      this.accounts.stage(work, stream, facts, causationOf(preview, releasedBy));
    }
    makeDue(work, people, at);
  }

  private async finish(work: Work, preview: string, terms: PreviewTermsRow, last: ReleasedPage): Promise<void> {
    const { connector, releasedBy, reason, purpose } = terms;
    const loaded = await this.connectors.load(connector);
    const changed = await this.newcomers(preview, terms);
    this.releases.hold(work, { connector, preview }, purpose.of === 'enforcing' ? changed : []);
    const page = { done: last.done, leftOut: last.leftOut + changed.length };
    const isWhole = page.leftOut === 0 && !(await this.releases.anyLeftOut(preview));
    const about = { preview, pilot: isPilot(terms), by: actorId(releasedBy ?? ''), reason: reason ?? '' };
    const authoritative = purpose.of === 'authority' && isWhole ? purpose.entitlements : [];
    const facts = released(connector, { ...about, authoritative }, loaded.state);
    this.connectors.stage(work, loaded, facts, causationOf(preview, releasedBy));
    const next = isWhole ? null : uuidv7();
    this.releases.finish(work, preview, { ...page, at: this.clock.now(), next });
    if (next !== null) this.previewRest(work, next, terms, loaded.version + facts.length);
  }

  /** People for whom there is something to do since the preview was made, and who are not in it. */
  private async newcomers(preview: string, terms: PreviewTermsRow): Promise<string[]> {
    const { connector, purpose } = terms;
    if (purpose.of === 'enforcing') return isPilot(terms) ? [] : await this.releases.newcomers(connector, preview);
    return purpose.of === 'authority' ? await this.newHolders(preview, terms) : [];
  }

  private async newHolders(preview: string, { connector, terms, purpose }: PreviewTermsRow): Promise<string[]> {
    const holders: string[] = [];
    let from: PlaceOfPage | null = this.people.beginning(purpose);
    while (from !== null) {
      const { people, next }: Awaited<ReturnType<PreviewedPeople['page']>> = await this.people.page(
        { connector, terms, scope: null, purpose },
        from,
      );
      holders.push(...people.map(({ identityId }) => identityId));
      from = next;
    }
    return await this.previews.unseen(preview, holders);
  }

  /** What was left out is shown as a preview of its own. */
  private previewRest(work: Work, id: string, terms: PreviewTermsRow, version: number): void {
    const { connector, terms: document, releasedBy, filter, identities, purpose } = terms;
    this.makePreview.stage(work, {
      id,
      connector,
      version,
      terms: document,
      filter,
      identities,
      purpose,
      madeBy: actorId(releasedBy ?? ''),
      madeAt: this.clock.now(),
      reading: terms.reading,
    });
  }
}

/** Only for some people. */
const isPilot = ({ filter, identities, purpose }: PreviewTermsRow): boolean =>
  purpose.of === 'enforcing' && (filter !== null || identities !== null);

const causationOf = (preview: string, releasedBy: string | null): Causation => ({
  actor: releasedBy ?? 'service/provisioning',
  correlationId: preview,
  causationId: null,
});
