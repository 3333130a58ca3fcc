import { Module } from '@nestjs/common';
import { ForeseeReleaseHandler } from './foresee-release.query.js';
import { ReleaseVersionHandler } from './release-version.command.js';
import { ReleasesController } from './releases.controller.js';
import { ListWaitingVersionsHandler, ListWithheldVersionsHandler } from './releases.query.js';

/** Versions of packages that add something reach earlier holders only once an owner releases them. */
@Module({
  controllers: [ReleasesController],
  providers: [ReleaseVersionHandler, ForeseeReleaseHandler, ListWaitingVersionsHandler, ListWithheldVersionsHandler],
})
export class ReleasesModule {}
