import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { ConnectorIdParam, ConnectorRows } from '../connectors/connectors.exports.js';
import { ReleaseRemovals } from './release-removals.command.js';
import { releasedRemovalsAnswer, type ReleasedRemovals } from './removals.answers.js';
import { RemovalsReleaseDto } from './removals.dto.js';

@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/connectors')
export class RemovalsController {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly commands: CommandBus,
  ) {}

  @Post(':id/held-removals/release')
  @HttpCode(200)
  @Roles('connector-admin', 'security')
  @ApiOperation({
    summary: 'Let removals go on that the limit of the connector holds',
    description:
      'When a connector would disable or delete more accounts in an hour than `accidentalDeletionThreshold` says, the others are parked as `removal-held`, and are ' +
      'exposures with a deadline. Removals that a person decided about one person or confirmed with the document, and people who leave alone, are never held.',
  })
  @Answers(200, releasedRemovalsAnswer)
  async release(
    @Param() { id }: ConnectorIdParam,
    @Body() { reason, identities }: RemovalsReleaseDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ReleasedRemovals> {
    if ((await this.connectors.view(id)) === null) throw new NotFound('connector', id);
    return await this.commands.execute(
      new ReleaseRemovals(id, { reason, identities: identities ?? null }, causationOf(caller)),
    );
  }
}
