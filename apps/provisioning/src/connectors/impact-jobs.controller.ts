import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { impactJobAnswer } from './impact.answers.js';
import { ImpactJobs, type ImpactJobView } from './impact-jobs.store.js';

@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/jobs')
export class ImpactJobsController {
  constructor(private readonly jobs: ImpactJobs) {}

  @Get(':id')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'The job that counts whom a change of a mapping or scope touches',
    description:
      'checked counts the people who were examined. gains: they are to get an account; loses: their account is taken away; changes: other values are written; fails: the mapping gives no value for them.',
  })
  @Answers(200, impactJobAnswer)
  job(@Param('id') id: string): Promise<ImpactJobView> {
    return this.jobs.get(uuidOf('job', id));
  }
}
