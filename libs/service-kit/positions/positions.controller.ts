import { Body, Controller, Get, HttpCode, Post, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller, Role } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '../openapi/answers.decorator.js';
import { positionsAnswer, ResumptionInput, type PositionsView } from './positions.dto.js';
import { Positions } from './positions.js';

/** The routes every service has below its prefix. @param operator role that may act; auditors may look */
export function positionsController(operator: Role): Type {
  @ApiTags('operations')
  @ApiBearerAuth()
  @Controller('v1/positions')
  class PositionsController {
    constructor(private readonly positions: Positions) {}

    @Get()
    @Roles(operator, 'auditor')
    @ApiOperation({
      summary: 'Where the service’s readers stand on each topic',
      description:
        '`gone`: messages were deleted before the reader read them; it has stopped until it is resumed. `resuming`: it takes what the services in `waitsFor` publish again for it, and then goes on.',
    })
    @Answers(200, positionsAnswer)
    list(): Promise<PositionsView> {
      return this.positions.list();
    }

    @Post('resume')
    @HttpCode(200)
    @Roles(operator)
    @ApiOperation({
      summary: 'Resume the readers that have stopped because messages were deleted before they read them',
      description:
        'For each position in the answer, each service in `waitsFor` must publish again what it said on the topic: POST /{service}/v1/republications with `from` = `since`, `topic` and `for` = `id`. `hub resume` does all of it. The audit log records who did it, when and why. Again is harmless; empty `items` mean that no position is lost.',
    })
    @Answers(200, positionsAnswer)
    resume(@Body() { reason }: ResumptionInput, @CurrentCaller() caller: Caller): Promise<PositionsView> {
      return this.positions.resume(reason, caller);
    }
  }
  return PositionsController;
}
