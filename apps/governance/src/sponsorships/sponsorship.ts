import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import type { SponsorshipEvent, SponsorshipPassed, SponsorshipStated, SponsorshipTerms } from './sponsorship.events.js';

/** `none` before HR has stated a contractor, and after the end. */
export type Sponsorship = { readonly status: 'none' } | OpenSponsorship;

export type OpenSponsorship = SponsorshipTerms & {
  readonly status: 'open';
  /** The employeeId that HR names; null: none, or forgotten. */
  readonly stated: string | null;
  /** The sponsor who left last; null: none did since HR named one. */
  readonly formerId: string | null;
  /** Nobody has had that number since HR named it. */
  readonly waits: boolean;
  /** Days before the end that were announced last; null before the first notice. */
  readonly noticed: number | null;
};

export const sponsorship: Fold<Sponsorship, SponsorshipEvent> = {
  version: 1,
  initial: { status: 'none' },
  evolve: (state, event) => {
    switch (event.type) {
      case 'SponsorshipStated':
        return statedAs(event, state.status === 'open' ? state : null);
      case 'SponsorshipPassed':
        return state.status === 'open'
          ? { ...state, sponsorId: event.data.sponsorId, formerId: event.data.formerId, waits: false }
          : state;
      case 'SponsorshipEnding':
        return state.status === 'open' ? { ...state, noticed: event.data.daysLeft } : state;
      case 'SponsorshipEnded':
        return { status: 'none' };
      default:
        return unreachable(event);
    }
  },
};

function statedAs({ data, personal }: SponsorshipStated, before: OpenSponsorship | null): OpenSponsorship {
  const { identityId, sponsorId, endsAt } = data;
  const stated = personal.sponsorship.fields?.sponsor ?? null;
  const noticed = before?.endsAt === endsAt ? before.noticed : null;
  const formerId = before?.stated === stated ? before.formerId : null;
  const waits = sponsorId === null && stated !== null;
  return { status: 'open', identityId, sponsorId, endsAt, stated, formerId, waits, noticed };
}

/** Whether a value from a row is the state of a sponsorship. */
export const isSponsorship = hasShape<OpenSponsorship>({
  status: ['open', 'none'],
  identityId: 'any',
  sponsorId: 'any',
  endsAt: 'any',
  stated: 'any',
  formerId: 'any',
  waits: 'any',
  noticed: 'any',
});

/** What HR says of a contractor today. */
export interface StatedContractor {
  readonly identityId: string;
  /** The employeeId that HR names as sponsor; null: none. */
  readonly sponsor: string | null;
  /** Who has that number and is here; null: nobody. */
  readonly holderId: string | null;
  readonly endsAt: string | null;
}

/** Days before the end at which it is announced. */
const noticeDays = [30, 7, 1] as const;
const dayMs = 86_400_000;

/**
 * What HR states and what time does: another sponsor or end, and a notice 30, 7 and 1 days before the end.
 * @param contractor null: somebody who has left, or is none
 */
export function followContractor(
  contractor: StatedContractor | null,
  at: string,
  state: Sponsorship,
): SponsorshipEvent[] {
  if (contractor === null) return ended(at, state);
  const facts = stated(contractor, at, state);
  const after = facts.reduce(sponsorship.evolve, state);
  return [...facts, ...notice(at, after)];
}

function ended(at: string, state: Sponsorship): SponsorshipEvent[] {
  if (state.status === 'none') return [];
  return [{ type: 'SponsorshipEnded', v: 1, data: { ...termsOf(state), endedAt: at } }];
}

function stated(
  { identityId, sponsor, holderId, endsAt }: StatedContractor,
  at: string,
  state: Sponsorship,
): SponsorshipEvent[] {
  const open = state.status === 'open' ? state : null;
  // While HR names the same number, who answers for them stays the same: the number may have another holder.
  const sponsorId = open !== null && open.stated === sponsor && !open.waits ? open.sponsorId : holderId;
  if (open !== null && open.stated === sponsor && open.sponsorId === sponsorId && open.endsAt === endsAt) return [];
  const fields = sponsor === null ? {} : { sponsor };
  return [
    {
      type: 'SponsorshipStated',
      v: 1,
      data: { identityId, sponsorId, endsAt, statedAt: at },
      personal: { sponsorship: { subject: identityId, fields } },
    },
  ];
}

/** The nearest notice that is due: an earlier one that was missed says nothing more. */
function notice(at: string, state: Sponsorship): SponsorshipEvent[] {
  if (state.status === 'none') return [];
  const due = noticesOf(state).filter(({ noticeAt }) => at >= noticeAt);
  const nearest = due.at(-1);
  if (nearest === undefined || state.endsAt === null || at >= state.endsAt) return [];
  return [{ type: 'SponsorshipEnding', v: 1, data: { ...termsOf(state), daysLeft: nearest.days, noticedAt: at } }];
}

function noticesOf({ endsAt, noticed }: OpenSponsorship): { readonly days: number; readonly noticeAt: string }[] {
  if (endsAt === null) return [];
  return noticeDays
    .filter((days) => noticed === null || days < noticed)
    .map((days) => ({ days, noticeAt: new Date(Date.parse(endsAt) - days * dayMs).toISOString() }));
}

/** When time alone does something next; null: never. A sponsor whom nobody knows yet is looked for each day. */
export function nextLook(state: Sponsorship, at: string): string | null {
  if (state.status === 'none') return null;
  const ahead = noticesOf(state).map(({ noticeAt }) => noticeAt);
  const daily = state.waits ? [new Date(Date.parse(at) + dayMs).toISOString()] : [];
  return [...ahead, ...daily].filter((instant) => instant > at).sort()[0] ?? null;
}

/** Is the leaver the sponsor, or was the last one, with nobody after? */
const answersFor = (leaverId: string, { sponsorId, formerId }: OpenSponsorship): boolean =>
  sponsorId === leaverId || (sponsorId === null && formerId === leaverId);

/** The sponsor has left: `successorId` answers for the contractor now. */
export function pass(
  successorId: string | null,
  leaverId: string,
  at: string,
  state: Sponsorship,
): SponsorshipPassed[] {
  if (state.status === 'none' || !answersFor(leaverId, state) || state.sponsorId === successorId) return [];
  const data = { ...termsOf(state), sponsorId: successorId, formerId: leaverId, passedAt: at };
  return [{ type: 'SponsorshipPassed', v: 1, data }];
}

/**
 * The leaving of the sponsor did not hold: they answer again for whom HR names them.
 * @param numbers of the sponsor
 */
export function passBack(
  sponsorId: string,
  numbers: readonly string[],
  at: string,
  state: Sponsorship,
): SponsorshipPassed[] {
  if (state.status === 'none' || state.sponsorId === sponsorId || !numbers.includes(state.stated ?? '')) return [];
  const data = { ...termsOf(state), sponsorId, formerId: state.sponsorId ?? sponsorId, passedAt: at };
  return [{ type: 'SponsorshipPassed', v: 1, data }];
}

const termsOf = ({ identityId, sponsorId, endsAt }: OpenSponsorship): SponsorshipTerms => ({
  identityId,
  sponsorId,
  endsAt,
});
