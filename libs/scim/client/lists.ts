import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import type { Answer } from '#libs/outgoing/classify.js';
import type { ReadJson } from '#libs/outgoing/outside-text.js';
import type { ScimProfile } from './profile.js';
import { fail, isListResponse, listNames, named, totalOf, unreliable, wrongAddress } from './reading.js';
import { errorSchema } from './resources.js';
import { isWhole, type ListPage, pathOf, type Place, type Search } from './search.js';
import type { CallLimits } from './request.js';
import type { ScimWire } from './wire.js';

const maxFound = 1_000;

interface Identified {
  readonly id: string;
}

/** The answer to a request for a list. */
export interface Probed {
  readonly status: number;
  readonly isList: boolean;
  /** Its header `date`; null for none. */
  readonly date: string | null;
}

/** A page of what was searched for. */
interface FoundPage<Resource> {
  readonly resources: readonly Resource[];
  readonly total: number;
  /** Where the next page begins, where the application pages by cursor (RFC 9865); null for none. */
  readonly cursor: string | null;
}

/** What an application lists, page by page, as its profile says. */
export class ScimLists {
  /** Kinds of which the application has shown a list. */
  private readonly known = new Set<string>();

  constructor(
    private readonly wire: ScimWire,
    private readonly profile: ScimProfile,
  ) {}

  /** Every page of what was found, up to {@link maxFound}: nobody has more than that of one name. */
  async all<Resource extends Identified>(
    search: Search,
    { withinMs = callTimeoutMs }: CallLimits = {},
  ): Promise<Resource[]> {
    const started = performance.now();
    const found = new Map<string, Resource>();
    for (let cursor: string | null = null; ;) {
      const left = { withinMs: withinMs - (performance.now() - started) };
      const path = pathOf(this.profile, search, { found: found.size, cursor });
      const answer = await this.wire.answer({ method: 'GET', path }, left);
      if (answer.status === 404) return await this.noneBy404(search.kind, answer, found.size, left);
      const page = this.page<Resource>(answer, search.counted === true);
      const before = found.size;
      for (const one of this.real(page.resources)) found.set(one.id, one);
      if (this.isLast(page, before, found.size)) return [...found.values()];
      const isStuck = found.size === before && page.cursor === cursor;
      if (isStuck || isTooMuch(search, found.size))
        throw unreliable(answer, 'the application shows only a part of what it found');
      cursor = page.cursor;
    }
  }

  /** One page of all resources of a kind, without filter. */
  async listPage<Resource extends Identified>(
    kind: Search['kind'],
    place: Place,
    limits?: CallLimits,
  ): Promise<ListPage<Resource>> {
    const more = kind === 'Groups' && this.profile.excludedAttributes ? { more: 'excludedAttributes=members' } : {};
    const answer = await this.wire.answer(
      { method: 'GET', path: pathOf(this.profile, { kind, filter: null, ...more }, place) },
      limits,
    );
    if (answer.status === 404) throw wrongAddress(answer);
    const { read, values, total, cursor } = this.listed(answer);
    const entries = values.map((value): readonly [string, Resource | null] => {
      const one = this.wire.identified<Resource>(answer, { ...read, value });
      return [one?.id ?? JSON.stringify(value), one];
    });
    const real = entries.filter(([key]) => !this.profile.ignoredIds.includes(key));
    return { entries: real, total, cursor, asked: this.profile.pageSize };
  }

  /** The answer to a request for the list of users. @throws CallFailure only when no answer came */
  async probe(limits?: CallLimits): Promise<Probed> {
    const path = pathOf(this.profile, { kind: 'Users', filter: null, count: 1 }, { found: 0, cursor: null });
    const answer = await this.wire.answer({ method: 'GET', path }, limits);
    const date = answer.headers['date'];
    const said = { status: answer.status, date: (Array.isArray(date) ? date[0] : date) ?? null };
    if (answer.status !== 200) return { ...said, isList: false };
    try {
      return { ...said, isList: isListResponse(this.wire.parse(answer, false).value as object) };
    } catch {
      return { ...said, isList: false };
    }
  }

  /** Without what the application invents. */
  private real<Resource extends Identified>(resources: readonly Resource[]): readonly Resource[] {
    const { ignoredIds } = this.profile;
    return ignoredIds.length === 0 ? resources : resources.filter(({ id }) => !ignoredIds.includes(id));
  }

  private isLast({ resources, total, cursor }: FoundPage<Identified>, before: number, found: number): boolean {
    // A count, where there is one, has to agree: else the application does not know cursors.
    if (this.profile.paging === 'cursor') return cursor === null && (total === Infinity || found >= total);
    return this.profile.paging === 'none' || isWhole({ before, found, shown: resources.length, total });
  }

  /**
   * Some applications answer 404 in SCIM's own form when nothing matches (RFC 7644 §3.4.2 asks for an empty list). So does
   * every one for a wrong path, and that has no list at all.
   */
  private async noneBy404(kind: Search['kind'], answer: Answer, found: number, limits: CallLimits): Promise<[]> {
    const { notFound } = this.profile;
    const said = notFound === '404' || (notFound === 'either' && isScimError(answer.text));
    if (found === 0 && said && (await this.hasList(kind, limits))) return [];
    throw wrongAddress(answer);
  }

  private page<Resource extends Identified>(answer: Answer, counted: boolean): FoundPage<Resource> {
    const { read, values, total, cursor } = this.listed(answer);
    const resources = values.map((value) => {
      const one = this.wire.identified<Resource>(answer, { ...read, value });
      return one ?? fail(unreliable(answer, 'the application shows an object whose id cannot be read'));
    });
    return { resources, total: total ?? (counted ? Infinity : 0), cursor };
  }

  private listed(answer: Answer): Listed {
    this.wire.refuse(answer, false);
    const read = this.wire.parse(answer, false);
    const body = named(read.value as object, listNames);
    if (!isListResponse(body)) throw this.wire.unreadable(answer, false, 'not-a-list');
    const values = body['Resources'] ?? [];
    if (!Array.isArray(values)) throw this.wire.unreadable(answer, false);
    const next = body['nextCursor'];
    const cursor = typeof next === 'string' && next !== '' ? next : null;
    return { read, values: values as unknown[], total: totalOf(body), cursor };
  }

  /** Is there a list of this kind? Checked once if there is. */
  private async hasList(kind: Search['kind'], limits?: CallLimits): Promise<boolean> {
    if (this.known.has(kind)) return true;
    const path = pathOf(this.profile, { kind, filter: null, count: 1 }, { found: 0, cursor: null });
    const answer = await this.wire.answer({ method: 'GET', path }, limits);
    if (answer.status !== 404) this.wire.refuse(answer, false);
    if (answer.status !== 200 || !isListResponse(this.wire.parse(answer, false).value as object)) return false;
    this.known.add(kind);
    return true;
  }
}

const isTooMuch = ({ counted }: Search, found: number): boolean => found >= maxFound || counted === true;

interface Listed {
  readonly read: ReadJson;
  readonly values: readonly unknown[];
  readonly total: number | null;
  readonly cursor: string | null;
}

/** SCIM 1.1 has errors in a list. */
const isScimError = (text: string): boolean => text.includes(errorSchema) || /"Errors"\s*:\s*\[/.test(text);
