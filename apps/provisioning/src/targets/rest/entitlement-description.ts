import type { DescriptionReader } from './description-reader.js';
import { durationOf, type ListRequest, listOf, requestOf, type RequestTemplate } from './rest-requests.js';

/** How an API shows and grants the entitlements of one kind. At least one of `held` and `holders` is there. */
export interface EntitlementDescription {
  readonly kind: 'group' | 'role';
  readonly list: ListRequest & { readonly id: string; readonly name: string; readonly description: string | null };
  /** Those of one account; null where the API shows only who holds one. */
  readonly held: (ListRequest & { readonly entitlement: string; readonly assignment: string | null }) | null;
  /** The accounts that hold one; null where the API shows only what an account holds. */
  readonly holders: (ListRequest & { readonly account: string; readonly assignment: string | null }) | null;
  readonly grant: RequestTemplate;
  readonly revoke: RequestTemplate;
  /** Null: the hub makes none. */
  readonly create: (RequestTemplate & { readonly id: string }) | null;
  /** How long after its answer a change may not be shown yet. */
  readonly eventuallyMs: number;
}

/** @param kind the word by which expressions and fields name one: `[role.id]`, `role` */
export function entitlementsOf(
  reader: DescriptionReader | null,
  kind: 'group' | 'role',
): EntitlementDescription | null {
  if (reader === null) return null;
  const ofOne = [`${kind}.id`, `${kind}.name`];
  const ofBoth = ['account.id', ...ofOne];
  const list = listedOf(reader, kind);
  const held = heldOf(reader, kind);
  const holders = holdersOf(reader, ofOne);
  if (held === null && holders === null)
    reader.refuse(`is missing: say how the ${kind}s of one account are read: a removal is verified by it`, 'held');
  const grant = reader.part('grant', `say how a ${kind} is granted to an account`);
  const revoke = reader.part('revoke', `say how a ${kind} is taken away from an account`);
  const described = {
    kind,
    list,
    held,
    holders,
    grant: requestOf(grant, ofBoth)?.request,
    revoke: requestOf(revoke, [...ofBoth, 'assignment.id'])?.request,
    create: creationOf(reader.part('create', null), kind),
    eventuallyMs: durationOf(reader),
  };
  refuseUnknownAssignment(reader, described);
  reader.end();
  return described as EntitlementDescription;
}

function listedOf(entitlements: DescriptionReader, kind: string): object | null {
  const list = listOf(entitlements.part('list', `say how all ${kind}s are listed`), []);
  if (list === null) return null;
  const { reader, request } = list;
  const listed = {
    ...request,
    id: reader.point('id', `say where one ${kind} has its id, for example /id`),
    name: reader.point('name', `say where one ${kind} has its name, for example /name`),
    description: reader.point('description', null),
  };
  reader.end();
  return listed;
}

function heldOf(entitlements: DescriptionReader, kind: string) {
  const held = listOf(entitlements.part('held', null), ['account.id']);
  if (held === null) return null;
  const { reader, request } = held;
  const found = {
    ...request,
    entitlement: reader.point(kind, `say where one item has the id of its ${kind}, for example /id`),
    assignment: reader.point('assignment', null),
  };
  reader.end();
  return found;
}

function holdersOf(entitlements: DescriptionReader, known: readonly string[]) {
  const holders = listOf(entitlements.part('holders', null), known);
  if (holders === null) return null;
  const { reader, request } = holders;
  const found = {
    ...request,
    account: reader.point('account', 'say where one item has the id of its account, for example /id'),
    assignment: reader.point('assignment', null),
  };
  reader.end();
  return found;
}

function creationOf(reader: DescriptionReader | null, kind: string): EntitlementDescription['create'] {
  const id = reader?.point('created', `say where the answer has the id of the new ${kind}, for example /id`) ?? '';
  const made = requestOf(reader, [`${kind}.name`]);
  return made === null ? null : { ...made.request, id };
}

/** A removal that names the assignment needs a reading that shows it. */
function refuseUnknownAssignment(
  reader: DescriptionReader,
  {
    held,
    holders,
    revoke,
  }: { [Part in 'held' | 'holders']: { assignment: string | null } | null } & {
    readonly revoke: RequestTemplate | undefined;
  },
): void {
  const needs = revoke?.path.sources.includes('assignment.id') === true;
  if (needs && (held?.assignment ?? holders?.assignment ?? null) === null)
    reader.refuse('reads [assignment.id]: say in held where one item has it, as assignment', 'revoke');
}
