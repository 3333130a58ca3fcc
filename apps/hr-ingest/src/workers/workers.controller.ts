import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { etagOf, requireMatch } from '#libs/service-kit/input/etag.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page, uuid } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { canonicalKey } from '#libs/text/text.js';
import { GetWorker, ListWorkers } from './find-workers.query.js';
import { RecordWorker } from './record-worker.command.js';
import { WorkerDto } from './worker.dto.js';
import { publicTypeOf } from './worker.published.js';
import { isKey, keyRule } from './worker-rules.js';
import { viewOf, type WorkerView } from './worker-view.js';
import { workerAnswer, workerStated, type WorkerAnswer } from './workers.answers.js';

@ApiTags('workers')
@ApiBearerAuth()
@Controller('v1/workers')
export class WorkersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Put(':employeeId')
  @Roles('hr-feed')
  @ApiOperation({
    summary: 'State a worker in full: absent fields are cleared. The same statement again changes nothing.',
  })
  @Answers(200, workerStated, {
    headers: ['ETag'],
    description:
      'At most one event, with its name in the audit log and `/asyncapi.json`. `recorded` means that the first day is ' +
      'in the future, or that the last day had passed when HR first stated the worker. `events` is empty when nothing changed.',
  })
  @Answers(201, workerStated, { description: 'The worker is new', headers: ['Location', 'ETag'] })
  @Refuses(
    { 409: ['worker.person_differs', 'worker.key_taken', 'worker.other_person', 'worker.held'] },
    { 409: { hold: uuid } },
  )
  async put(
    @Param('employeeId') employeeId: string,
    @Body() body: WorkerDto,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WorkerAnswer> {
    refuseOtherKey(employeeId, body.employeeId);
    const stated = { employeeId, fields: body, absent: 'cleared', causation: causationOf(caller) } as const;
    const outcome = await this.commands.execute(new RecordWorker(stated, (version) => requireMatch(ifMatch, version)));
    if (outcome.result === 'rejected') {
      throw (
        outcome.refusal ??
        new InvalidInput(outcome.problems.map(({ field, detail }) => ({ pointer: `/${field}`, detail })))
      );
    }
    const { worker, version, facts, result } = outcome;
    if (result === 'created')
      response.status(201).location(`/hr/v1/workers/${encodeURIComponent(canonicalKey(employeeId))}`);
    response.set('ETag', etagOf(version));
    return { worker: viewOf(worker), events: facts.map(({ id, type }) => ({ id, type: publicTypeOf(type) })) };
  }

  @Get(':employeeId')
  @Roles('hr-feed', 'hr-operator')
  @ApiOperation({ summary: 'One worker' })
  @Answers(200, workerAnswer, { headers: ['ETag'] })
  async get(
    @Param('employeeId') employeeId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WorkerView> {
    const found = isKey(employeeId) ? await this.queries.execute(new GetWorker(employeeId)) : null;
    if (found === null) throw new NotFound('worker', employeeId);
    response.set('ETag', etagOf(found.version));
    return found.view;
  }

  @Get()
  @Roles('hr-feed', 'hr-operator')
  @ApiOperation({
    summary: 'Workers, by employeeId; `filter` is a SCIM filter over the fields of a worker, and `custom.<name>`',
  })
  @Answers(200, page(workerAnswer))
  async list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<WorkerView>> {
    return await this.queries.execute(new ListWorkers(limit, cursor, filter));
  }
}

function refuseOtherKey(inPath: string, inBody: string | null | undefined): void {
  if (!isKey(inPath)) throw new InvalidInput([{ pointer: '/employeeId', detail: `in the path ${keyRule}` }]);
  if (inBody !== undefined && inBody !== null && canonicalKey(inBody) !== canonicalKey(inPath)) {
    throw new InvalidInput([
      { pointer: '/employeeId', detail: 'differs from the one in the path: give the same, or leave it out' },
    ]);
  }
}
