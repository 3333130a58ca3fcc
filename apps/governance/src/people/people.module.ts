import { Global, Module } from '@nestjs/common';
import { Accesses, NamedAssignments } from '../assignments/assignments.exports.js';
import { DesiredAccesses } from '../desired-access/desired-access.exports.js';
import { Identities } from '../identities/identities.exports.js';
import { JobsController } from './jobs.controller.js';
import { Names } from '../names/names.exports.js';
import { OwnedPackages } from './owned-packages.query.js';
import { People } from './people.query.js';
import { AccessLosses } from './access-loss.query.js';
import { FindAffectedPeople } from './affected-people.query.js';
import { RecomputeAccess } from './recompute.process.js';
import { RecomputeJobs } from './recompute-jobs.store.js';
import { Violations } from './violations.query.js';
import { Recomputation } from './recomputation.process.js';
import { DueAccess } from './due-access.process.js';
import { DueChanges } from './due-changes.process.js';

const provided = [
  Identities,
  Accesses,
  NamedAssignments,
  DesiredAccesses,
  People,
  Names,
  Recomputation,
  RecomputeAccess,
  RecomputeJobs,
  AccessLosses,
  Violations,
  FindAffectedPeople,
  OwnedPackages,
  DueChanges,
];

/** A person as a whole: identity, assignments and desired access change together, in one work. */
@Global()
@Module({
  controllers: [JobsController],
  providers: [...provided, DueAccess],
  exports: provided,
})
export class PeopleModule {}
