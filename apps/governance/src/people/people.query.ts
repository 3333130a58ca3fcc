import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import { Accesses, noAccess } from '../assignments/assignments.exports.js';
import { type CatalogSnapshot } from '../policy/policy.exports.js';
import { DesiredAccesses } from '../desired-access/desired-access.exports.js';
import { Identities, nameBearers, nameKey, patternedName } from '../identities/identities.exports.js';
import { CurrentCatalog } from '../policy/policy.exports.js';
import { PersonBatch, type DesiredRow, type Person, type StatedPerson } from './person-batch.js';

interface PersonRow {
  readonly id: string;
  readonly version: number;
  readonly fold: number;
  readonly state: unknown;
  readonly access_version: number | null;
  readonly access_fold: number | null;
  readonly access_state: unknown;
  readonly desired: readonly DesiredRow[] | null;
  readonly decided: number;
}

/** The people to load: by identity, by employee number, and by user name. */
export interface Wanted {
  readonly ids: readonly string[];
  /** Live holders of these employee numbers. */
  readonly numbers?: readonly string[];
  /** Identities that wait for a manager with one of these numbers. */
  readonly managersExpected?: readonly string[];
  readonly userNames?: readonly string[];
  /** People of whom HR is about to state this: a name may have to be made for them. */
  readonly stated?: readonly StatedPerson[];
  /** Identities whose name may become free. People whose address in HR is that name are loaded, too. */
  readonly namesOf?: readonly string[];
}

const columns = `i.id, i.version, i.fold, i.state, a.version as access_version, a.fold as access_fold, a.state as access_state, d.desired,
  coalesce(n.decided, 0) as decided`;
/** Lateral joins, each with a limit: PostgreSQL then starts from the wanted ids and uses indexes, whatever its statistics say. */
const everything = `join lateral (select * from identity p where p.id = w.id limit 1) i on true
  left join lateral (select * from access p where p.identity_id = w.id limit 1) a on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('application', x.application, 'version', x.version, 'fold', x.fold, 'body', x.message -> 'body')) as desired
    from desired_access x where x.identity_id = w.id) d on true
  left join lateral (select decided from person_decision p where p.identity_id = w.id limit 1) n on true`;
/** More than the number of people who wait for one manager. */
const manyReports = 100_000;
/** More than the number of people to whom HR gives the same address. */
const manyNamesakes = 100;

/** A person who was read, with the version of the identity. */
interface ReadPerson {
  readonly identity: { readonly id: string; readonly version: number };
}

/** Loads people with all that decisions about them need, in one query whatever their number. */
@Injectable()
export class People {
  private readonly deciding = new WeakMap<Work, Map<string, number>>();

  constructor(
    private readonly db: Database,
    private readonly catalog: CurrentCatalog,
    private readonly identities: Identities,
    private readonly accesses: Accesses,
    private readonly desired: DesiredAccesses,
  ) {}

  /** People, and the catalog their access is decided under. */
  async today(wanted: Wanted): Promise<{ batch: PersonBatch; catalog: CatalogSnapshot }> {
    const [catalog, people] = await Promise.all([this.catalog.current(), this.load(wanted)]);
    const batch = new PersonBatch(people, (attributes) => patternedName(catalog.names.nameOf(attributes), attributes));
    // Rare: a person who may lose the name to another person may get their own address from a third.
    for (let names = batch.addressesToLookUp(); names.length > 0; names = batch.addressesToLookUp())
      for (const person of await this.load({ ids: [], userNames: names })) batch.add(person);
    // Only for people without an address of their own, and for those who may lose their name to another person.
    const { stated = [] } = wanted;
    for (let names = batch.namesToLookUp(stated); names.length > 0; names = batch.namesToLookUp(stated))
      batch.lookedUp(names, await nameBearers(this.db, names));
    return { catalog, batch };
  }

  private async load({
    ids,
    numbers = [],
    managersExpected = [],
    userNames = [],
    namesOf = [],
  }: Wanted): Promise<Person[]> {
    const rows = await this.db.query<PersonRow>(
      `with w as materialized (
         select unnest($1::uuid[]) as id
         union select x.id from unnest($2::text[]) n, lateral (select id from identity where live_numbers @> array[n] limit 4) x
         union select x.id from unnest($3::text[]) n,
           lateral (select id from identity where manager_number = n and manager_id is null limit ${manyReports}) x
         union select x.id from unnest($4::text[]) n, lateral (select id from identity where user_name_key = n limit 1) x
         union select x.id from unnest($5::uuid[]) n, lateral (select user_name_key from identity where id = n limit 1) p,
           lateral (select id from identity where address_key = p.user_name_key and address_key <> user_name_key limit ${manyNamesakes}) x
       ) select ${columns} from w ${everything}`,
      [unique(ids), unique(numbers), unique(managersExpected), unique(userNames.map(nameKey)), unique(namesOf)],
    );
    return await this.peopleOf(rows);
  }

  /** As their rows say, or their streams where a row is of another fold. */
  private async peopleOf(rows: readonly PersonRow[]): Promise<Person[]> {
    const [identities, accesses, desired] = await Promise.all([
      this.identities.loadRows(rows),
      this.accesses.loadRows(rows.flatMap(accessRowOf)),
      this.desired.loadRows(rows.flatMap(desiredRowsOf)),
    ]);
    const accessOf = new Map(accesses.map((loaded) => [loaded.id, loaded]));
    const desiredOf = Map.groupBy(desired, ({ id }) => id.slice(0, uuidLength));
    return identities.map((identity, index) => ({
      identity,
      access: accessOf.get(identity.id) ?? { id: identity.id, version: 0, state: noAccess },
      desired: new Map((desiredOf.get(identity.id) ?? []).map((loaded) => [loaded.id.slice(uuidLength + 1), loaded])),
      decided: rows[index]?.decided ?? null,
    }));
  }

  /**
   * The work decides about this person. It fails with a conflict if another work has decided about them since they were
   * loaded, even if that work wrote nothing that this work reads or writes. Several decisions of one work count once. An
   * unknown person needs no check: no other work can decide about them before their first fact.
   */
  decide(work: Work, { identity, decided }: Person): void {
    if (decided === null) return;
    const known = this.deciding.get(work);
    if (known !== undefined) {
      known.set(identity.id, decided);
      return;
    }
    const people = new Map([[identity.id, decided]]);
    this.deciding.set(work, people);
    work.finishWith(this, () => expectNoOtherDecision(work, people));
  }

  /**
   * The work fails with a conflict if the catalog or one of these identities was changed. The identities were read, and
   * the work does not decide about them. A change of them waits for the work.
   */
  guard(work: Work, catalog: CatalogSnapshot, people: readonly ReadPerson[] = []): void {
    this.catalog.guard(work, catalog);
    const decided = this.deciding.get(work);
    const versions = new Map(
      people
        .filter(({ identity }) => identity.version > 0 && decided?.has(identity.id) !== true)
        .map(({ identity }) => [identity.id, identity.version]),
    );
    if (versions.size === 0) return;
    work.expect(
      `select 1 from identity i join unnest($1::uuid[], $2::int[]) as r(id, version) on r.id = i.id and r.version = i.version
       for share of i`,
      [[...versions.keys()], [...versions.values()]],
      versions.size,
      'identities unchanged',
    );
  }
}

/** Rows are locked in the order of their ids, so that two works over the same people never wait for each other. */
function expectNoOtherDecision(work: Work, people: ReadonlyMap<string, number>): void {
  work.expect(
    `insert into person_decision as p (identity_id, decided)
     select r.id, r.decided + 1 from unnest($1::uuid[], $2::int[]) as r(id, decided) order by r.id
     on conflict (identity_id) do update set decided = excluded.decided where p.decided = excluded.decided - 1`,
    [[...people.keys()], [...people.values()]],
    people.size,
    'no other decision about these people',
  );
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];

const uuidLength = 36;

function accessRowOf({
  id,
  access_version: version,
  access_fold: fold,
  access_state: state,
}: PersonRow): StoredState[] {
  return version === null || fold === null ? [] : [{ id, version, fold, state }];
}

function desiredRowsOf({ id, desired }: PersonRow): StoredState[] {
  return (desired ?? []).map(({ application, version, fold, body: state }) => ({
    id: DesiredAccesses.idOf(id, application),
    version,
    fold,
    state,
  }));
}
