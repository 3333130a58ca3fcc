import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import { switches } from '#libs/scim/client/profile-switches.js';
import { ScimClient } from '#libs/scim/client/scim-client.js';
import { caseExactIn, pathsIn } from '#libs/scim/client/described-resources.js';
import { type Deviation, type Discovered, ProposedProfile } from './proposed-profile.js';
import { ScimWriteProbes } from './scim-write-probes.process.js';

export interface DiscoverOptions {
  readonly access: ApplicationAccess;
  /** Where the search begins: what is known of the application. */
  readonly profile: ScimProfile;
  /** Marks what is written, so that people recognise it. It is used once. */
  readonly mark: string;
  /** Makes a marked user and a marked group, changes them and removes them again. */
  readonly write: boolean;
}

/**
 * Finds out how an application speaks SCIM: it asks for what a profile may say, and notes each answer that differs. Only with
 * `write` it changes anything, and then nothing but the user and the group that it makes.
 */
export async function discover({ access, profile, mark, write }: DiscoverOptions): Promise<Discovered> {
  const proposed = new ProposedProfile(profile);
  const ask = async <T>(question: (client: ScimClient) => Promise<T>): Promise<T> => {
    const client = new ScimClient(access, proposed.profile);
    try {
      return await question(client);
    } finally {
      await client.destroy();
    }
  };
  await describesItself(ask, proposed);
  await saysWhere(ask, proposed, access.baseUrl);
  await saysCases(ask, proposed);
  await searches(ask, proposed, mark);
  const leftovers = write ? await new ScimWriteProbes(access, proposed, mark).run() : [];
  return { ...proposed.result(), wrote: write, leftovers };
}

/** Attributes that a profile may name. */
const mostExact = 50;

type Ask = <T>(question: (client: ScimClient) => Promise<T>) => Promise<T>;

/** A refusal is an answer; that none came is the end of the search. */
async function refusalOf(question: Promise<unknown>): Promise<CallFailure | null> {
  try {
    await question;
    return null;
  } catch (error) {
    if (error instanceof CallFailure && error.terms.status !== null && error.terms.class !== 'auth') return error;
    throw error;
  }
}

async function describesItself(ask: Ask, proposed: ProposedProfile): Promise<void> {
  for (const path of ['ServiceProviderConfig', 'ServiceProviderConfigs'] as const) {
    const config = await described(ask, path);
    if (config === null) continue;
    proposed.note('discovery', path, `GET /${path} describes the service`);
    for (const one of saidIn(config)) proposed.note(one.name, one.value, one.saw);
    return;
  }
  proposed.note('discovery', 'none', 'neither /ServiceProviderConfig nor /ServiceProviderConfigs answers');
}

/** What a ServiceProviderConfig says (RFC 7643 §5, RFC 9865 §4). */
function saidIn(config: object): Deviation[] {
  const is = (feature: string, name = 'supported'): unknown => {
    const said = (config as Readonly<Record<string, unknown>>)[feature];
    return typeof said === 'object' && said !== null ? (said as Readonly<Record<string, unknown>>)[name] : undefined;
  };
  const most = is('filter', 'maxResults');
  const bulk = { maxOperations: is('bulk', 'maxOperations'), maxPayloadSize: is('bulk', 'maxPayloadSize') };
  return [
    ...(is('patch') === false
      ? [{ name: 'update' as const, value: 'read-and-put', saw: 'the service says that it has no PATCH' }]
      : []),
    ...(is('pagination', 'cursor') === true && is('pagination', 'index') !== true
      ? [{ name: 'paging' as const, value: 'cursor', saw: 'the service says that it pages by cursor' }]
      : []),
    ...(is('bulk') === true && switches.bulk.problem(bulk) === null
      ? [{ name: 'bulk' as const, value: bulk, saw: 'the service says that it takes Bulk requests' }]
      : []),
    ...(typeof most === 'number' && most >= 1 && most < 100
      ? [{ name: 'pageSize' as const, value: Math.floor(most), saw: `the service says that it shows ${most} at most` }]
      : []),
  ];
}

/** Users and groups at other paths, as the resource types say. */
async function saysWhere(ask: Ask, proposed: ProposedProfile, baseUrl: string): Promise<void> {
  const types = await described(ask, 'ResourceTypes');
  if (types === null) return;
  const { users, groups } = pathsIn(types, baseUrl);
  if (users !== null) proposed.note('usersPath', users, `the resource types say that users are at ${users}`);
  if (groups !== null) proposed.note('groupsPath', groups, `the resource types say that groups are at ${groups}`);
}

async function saysCases(ask: Ask, proposed: ProposedProfile): Promise<void> {
  const schemas = await described(ask, 'Schemas');
  const exact = schemas === null ? [] : caseExactIn(schemas).slice(0, mostExact);
  if (exact.length > 0) proposed.note('caseExact', exact, 'the schemas say that case counts there');
}

/** What the service says of itself; null where it says nothing. */
async function described(ask: Ask, path: string): Promise<object | null> {
  return await ask((client) => client.discovered(path)).catch((error: unknown) => {
    if (error instanceof CallFailure && error.terms.status !== null && error.terms.class !== 'auth') return null;
    throw error;
  });
}

/** Whether lists take the parameters of pages at all. */
async function pages(ask: Ask, proposed: ProposedProfile, mark: string): Promise<void> {
  const { paging: before } = proposed.profile;
  const refusal = await refusalOf(ask((client) => client.findUsers('userName', mark)));
  if (before !== 'index' || refusal === null || refusal.terms.class !== 'validation') return;
  proposed.note('paging', 'none', `a search with startIndex and count is answered ${says(refusal)}`);
  if ((await refusalOf(ask((client) => client.findUsers('userName', mark)))) !== null)
    proposed.note('paging', before, 'a search is refused with and without pages');
}

async function searches(ask: Ask, proposed: ProposedProfile, mark: string): Promise<void> {
  await pages(ask, proposed, mark);
  const byName = await refusalOf(ask((client) => client.findUsers('userName', mark)));
  if (byName?.terms.code === 'wrong-address') {
    proposed.note('notFound', '404', 'a search that finds nothing is answered with 404');
    const again = await refusalOf(ask((client) => client.findUsers('userName', mark)));
    if (again !== null) proposed.note('notFound', 'either', 'a search by userName is refused');
  }
  const byId = await refusalOf(ask((client) => client.findUsers('externalId', mark)));
  if (byId !== null) proposed.searches({ users: ['userName'] }, `a search by externalId is answered ${says(byId)}`);
  const both = [
    { attribute: 'userName', value: mark },
    { attribute: 'userName', value: `${mark}-2` },
  ];
  const byAny = await refusalOf(ask((client) => client.findUsersByAny(both)));
  if (byAny !== null) proposed.searches({ without: 'or' }, `a search with the operator or is answered ${says(byAny)}`);
  const byBoth = await refusalOf(ask((client) => client.findInactiveUsers('userName', mark)));
  if (byBoth !== null)
    proposed.searches({ without: 'and' }, `a search with the operator and is answered ${says(byBoth)}`);
  const groups = await refusalOf(ask((client) => client.findGroups(mark)));
  if (groups === null) return;
  proposed.note('excludedAttributes', false, `the query excludedAttributes is answered ${says(groups)}`);
  const plain = await refusalOf(ask((client) => client.findGroups(mark)));
  if (plain !== null) proposed.note('excludedAttributes', true, 'a search for groups is refused with and without it');
}

/** The status and the words of a refusal. */
const says = ({ terms }: CallFailure): string =>
  `${terms.status ?? terms.code}${terms.detail === '' ? '' : ` (${terms.detail.slice(0, 120)})`}`;
