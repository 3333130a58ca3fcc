import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { ConnectorIdParam } from '../connectors/connectors.exports.js';
import { AskOnDemandRun } from './ask-on-demand-run.command.js';
import { onDemandRunAnswer } from './on-demand.answers.js';
import { OnDemandRunParam, ProvisionOnDemandDto } from './on-demand.dto.js';
import { OnDemandRuns, type OnDemandRunView } from './on-demand-runs.store.js';

/** Work on one person that somebody asks for, with every step shown. */
@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/connectors')
export class OnDemandController {
  constructor(
    private readonly commands: CommandBus,
    private readonly runs: OnDemandRuns,
  ) {}

  @Post(':id/provision-on-demand')
  @HttpCode(202)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Work on the account of one person now, and show every step',
    description:
      'GET the run until it is over: source (attributes of the person), scope, match, values (what the mapping gives), calls (each request and answer, without secrets), verification (what the application shows afterwards). Limits of removals, a pilot and held calls apply as always. With dryRun nothing is changed: a call that would change something is shown and not sent; a connector in mode observe has only that, and it takes another mapping or scope to try: then shown of each value is what the stored one gives. A run is shown for 24 hours.',
  })
  @Answers(202, onDemandRunAnswer, { headers: ['Location'] })
  @Refuses({ 404: ['connector.not_defined'], 409: ['connector.paused', 'connector.observes'] })
  async ask(
    @Param() { id }: ConnectorIdParam,
    @Body() { identity, dryRun, ...tried }: ProvisionOnDemandDto,
    @CurrentCaller() caller: Caller,
    @NewId() newId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OnDemandRunView> {
    const kind = dryRun === true ? 'dry-run' : 'provision';
    const isTried = Object.values(tried).some((one) => one !== undefined);
    if (isTried && kind !== 'dry-run')
      throw new InvalidInput([{ pointer: '/dryRun', detail: 'must be true where another mapping or scope is tried' }]);
    const run = { id: newId, connector: id, identity, kind } as const;
    await this.commands.execute(new AskOnDemandRun(run, isTried ? tried : null, causationOf(caller)));
    response.location(`/provisioning/v1/connectors/${id}/on-demand-runs/${newId}`);
    return await this.found(id, newId);
  }

  @Get(':id/on-demand-runs/:run')
  @Roles('connector-admin')
  @ApiOperation({ summary: 'How far a run for one person is, and what each step did' })
  @Answers(200, onDemandRunAnswer)
  async get(@Param() { id, run }: OnDemandRunParam): Promise<OnDemandRunView> {
    return await this.found(id, run);
  }

  private async found(id: string, run: string): Promise<OnDemandRunView> {
    const found = await this.runs.get(id, run);
    if (found === null) throw new NotFound('run', run);
    return found;
  }
}
