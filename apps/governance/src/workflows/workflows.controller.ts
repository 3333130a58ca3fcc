import { Body, Controller, Get, Param, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { etagOf } from '#libs/service-kit/input/etag.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import {
  type CatalogItem,
  checkedId,
  type DefinedItem,
  GetCatalogDocument,
  ListCatalogDocuments,
} from '../catalog/catalog.exports.js';
import { RecomputeJobs } from '../people/people.exports.js';
import { DefineWorkflow } from './define-workflow.command.js';
import { ForeseeWorkflow, type WorkflowDryRun } from './foresee-workflow.query.js';
import { ListWorkflowSteps, type WorkflowStepView } from './workflow-steps.query.js';
import { WorkflowDto } from './workflow.dto.js';
import { workflowOf } from './workflow.input.js';
import { changedWorkflowAnswer, madeWorkflowAnswer, workflowAnswer, workflowStepAnswer } from './workflows.answers.js';

class WorkflowQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'true: nothing is done; the answer says whom the workflow would touch, and what each step would do',
  })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  readonly dryRun?: 'true' | 'false';
}

/** What happens to people who join, move or leave, besides what rules do. */
@ApiTags('workflows')
@ApiBearerAuth()
@Controller('v1/workflows')
export class WorkflowsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly jobs: RecomputeJobs,
  ) {}

  @Put(':id')
  @ApiHeader({ name: 'if-match', required: false })
  @Answers(200, changedWorkflowAnswer, { headers: ['ETag'] })
  @Answers(201, madeWorkflowAnswer, { description: 'There was none before', headers: ['Location', 'ETag'] })
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Define a workflow: steps that happen to people who join, move or leave',
    description:
      'Days count from the first day of a joiner, from the move of a mover, and from the end of access of a leaver, whose steps before it are planned as soon as HR states the end. ' +
      'A step whose day is past is taken at once. Dates that HR moves move the steps that are planned. Leaving cancels what joining and moving had planned; a termination that is taken back brings it again, a rehire begins again. ' +
      'Who has begun goes on with the version that they began with. Refused: an unknown package, a grant of what is privileged, a day before the hire or the move, and a workflow that grants what another one revokes on the same day. ' +
      'job counts the people whose end is known already, for whom a workflow of leavers begins at once: GET /governance/v1/jobs/{id}.',
  })
  async put(
    @Param('id') id: string,
    @Body() dto: WorkflowDto,
    @CurrentCaller() caller: Caller,
    @Query() { dryRun }: WorkflowQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DefinedItem<'workflow'> | WorkflowDryRun> {
    const ifMatch = response.req.get('if-match');
    const definition = { id: checkedId(id), document: workflowOf(dto), ifMatch, causation: causationOf(caller) };
    if (dryRun === 'true') {
      const foreseen = await this.queries.execute(new ForeseeWorkflow(definition));
      response.set('ETag', etagOf(foreseen.version));
      return foreseen;
    }
    const { created, job } = await this.commands.execute(new DefineWorkflow(definition));
    if (created) response.status(201).location(`/governance/v1/workflows/${id}`);
    return { ...(await this.get(id, response)), job: job === null ? null : await this.jobs.get(job) };
  }

  @Get()
  @Answers(200, page(workflowAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'Workflows, by id', description: 'Filter by id, displayName, trigger.' })
  list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<CatalogItem<'workflow'>>> {
    return this.queries.execute(new ListCatalogDocuments('workflow', { limit, cursor, filter }));
  }

  @Get(':id')
  @Answers(200, workflowAnswer, { headers: ['ETag'] })
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'One workflow' })
  async get(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<CatalogItem<'workflow'>> {
    const item = await this.queries.execute(new GetCatalogDocument('workflow', id));
    response.set('ETag', etagOf(item.version));
    return item;
  }
}

/** What workflows did, do and will do. */
@ApiTags('workflows')
@ApiBearerAuth()
@Controller('v1/workflow-steps')
export class WorkflowStepsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(workflowStepAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'Steps of workflows, one for each person, newest first',
    description:
      'done: the applications have confirmed it, or the notification was sent. in-progress: it was taken, and that is not known yet. unverified: nothing is left to do, and no reading showed the access gone. ' +
      'not-needed: there was nothing to do. failed: code says why; a policy administrator has to act. ' +
      'Filter by id, workflowId, identityId, packageId, trigger, action, status, code, dueAt.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<WorkflowStepView>> {
    return this.queries.execute(new ListWorkflowSteps({ limit, cursor, filter }));
  }
}
