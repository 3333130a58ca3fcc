import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { jobAnswer } from './jobs.answers.js';
import { RecomputeJobs, type JobView } from './recompute-jobs.store.js';

@ApiTags('catalog')
@ApiBearerAuth()
@Controller('v1/jobs')
export class JobsController {
  constructor(private readonly jobs: RecomputeJobs) {}

  @Get(':id')
  @Answers(200, jobAnswer)
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'The job that applies a change of a rule or package',
    description:
      'checked counts the people who were examined, touched those who changed; gained and lost count those who gained or lost access. ' +
      'A further change is a job of its own; continuedBy names the job that counts for this one, and is null otherwise.',
  })
  job(@Param('id') id: string): Promise<JobView> {
    return this.jobs.get(uuidOf('job', id));
  }
}
