import { Body, Controller, Get, HttpCode, Param, Post, Res, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { uuidOf } from '../input/uuid-param.js';
import { Answers } from '../openapi/answers.decorator.js';
import type { ServiceDefinition } from '../service/service-definition.js';
import {
  readModelsAnswer,
  rebuildAnswer,
  RebuildInput,
  type ReadModelsView,
  type RebuildView,
} from './rebuilds.dto.js';
import { Rebuilds } from './rebuilds.js';

/** The routes every service has below its prefix, for its operator. */
export function rebuildsController({ operator, prefix, messageFed = {} }: ServiceDefinition): Type {
  @ApiTags('operations')
  @ApiBearerAuth()
  @Controller('v1')
  class RebuildsController {
    constructor(private readonly rebuilds: Rebuilds) {}

    @Get('read-models')
    @Roles(operator, 'auditor')
    @ApiOperation({
      summary: 'The tables that the service reads, and what decides them',
      description: 'Read models follow from facts and can be rebuilt. What messages fill is restated by who sent them.',
    })
    @Answers(200, readModelsAnswer)
    readModels(): ReadModelsView {
      return this.rebuilds.readModels(messageFed);
    }

    @Post('rebuilds')
    @HttpCode(202)
    @Roles(operator)
    @ApiOperation({
      summary: 'Fold the facts again and write the rows of one read model, or of all',
      description: 'In pages, while the service goes on. Rows that are right already stay so. Again is harmless.',
    })
    @Answers(202, rebuildAnswer, { headers: ['Location'] })
    async start(
      @Body() { readModel }: RebuildInput,
      @CurrentCaller() caller: Caller,
      @Res({ passthrough: true }) response: Response,
    ): Promise<RebuildView> {
      const view = await this.rebuilds.start(readModel ?? null, caller, messageFed);
      response.setHeader('Location', `/${prefix}/v1/rebuilds/${view.id}`);
      return view;
    }

    @Get('rebuilds/:id')
    @Roles(operator, 'auditor')
    @ApiOperation({ summary: 'How far a rebuild has come' })
    @Answers(200, rebuildAnswer)
    get(@Param('id') id: string): Promise<RebuildView> {
      return this.rebuilds.get(uuidOf('rebuild', id));
    }
  }
  return RebuildsController;
}
