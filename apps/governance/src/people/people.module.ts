import { Global, Module } from '@nestjs/common';
import { Accesses } from '../assignments/accesses.stream.js';
import { Catalog } from '../catalog/catalog.query.js';
import { AccessPackages, Applications, BirthrightRules } from '../catalog/catalog.stream.js';
import { StoredDocuments } from '../catalog/stored-documents.query.js';
import { DesiredAccesses } from '../desired-access/desired-accesses.stream.js';
import { Identities } from '../identities/identities.stream.js';
import { AccessRequests } from '../requests/access-requests.stream.js';
import { JobsController } from './jobs.controller.js';
import { Names } from './names.query.js';
import { People } from './people.query.js';
import { AccessLosses } from './access-loss.query.js';
import { FindAffectedPeople } from './affected-people.query.js';
import { RecomputeAccess } from './recompute.command.js';
import { RecomputeJobs } from './recompute-jobs.store.js';
import { Recomputation } from './recomputation.command.js';

/** A person as a whole: identity, assignments and desired access change together, in one work. */
@Global()
@Module({
  controllers: [JobsController],
  providers: [
    Identities,
    Accesses,
    DesiredAccesses,
    AccessRequests,
    Applications,
    AccessPackages,
    BirthrightRules,
    StoredDocuments,
    Catalog,
    People,
    FindAffectedPeople,
    Names,
    Recomputation,
    RecomputeAccess,
    RecomputeJobs,
    AccessLosses,
  ],
  exports: [
    Identities,
    Accesses,
    DesiredAccesses,
    AccessRequests,
    Applications,
    AccessPackages,
    BirthrightRules,
    StoredDocuments,
    Catalog,
    People,
    Names,
    Recomputation,
    RecomputeAccess,
    RecomputeJobs,
    AccessLosses,
  ],
})
export class PeopleModule {}
