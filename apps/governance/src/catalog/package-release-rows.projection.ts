import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { VersionRelease } from '../policy/policy.exports.js';
import { raiseCatalogVersion } from './catalog-rows.projection.js';
import type { PackageVersionReleased } from './package-release.events.js';

/** Each release raises the version of the catalog: decisions are made under it. */
export const packageReleaseRows: ReadModel<VersionRelease | null, PackageVersionReleased> = {
  name: 'package-release',
  tables: ['package_release', 'catalog_version'],
  notDerived: { 'catalog_version.version': 'counts changes, so that a reader of the catalog notices one' },
  write: (changes, work, fold) => {
    work.run(
      `insert into package_release (package_id, release, fold)
       select x.id, x.after, ${fold} from jsonb_to_recordset($1::jsonb) as x(id text, after jsonb)
       on conflict (package_id) do update set release = excluded.release, fold = excluded.fold`,
      [JSON.stringify(changes.map(({ id, after }) => ({ id, after })))],
    );
    raiseCatalogVersion(work);
  },
};
