import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags, PickType } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { isUuid } from '#libs/event-store/ids.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { count, instant, named, nullable, object, page, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { DecisionInput } from '../holds/holds.exports.js';
import { EndMissing } from './end-missing.command.js';
import { GetMissing, ListMissing, type MissingView } from './read-missing.query.js';

const missingAnswer = named(
  'MissingWorker',
  object<MissingView>({
    id: uuid,
    employeeId: text,
    displayName: text,
    since: instant,
    feeds: count,
    endedAt: nullable(instant),
  }),
  {
    id: '0198c0de-0000-7000-8000-00000000000a',
    employeeId: '1001',
    displayName: 'Ada Lovelace',
    since: '2026-03-02T09:00:00.000Z',
    feeds: 1,
    endedAt: null,
  },
);

class MissingQuery extends PickType(PageQuery, ['limit', 'cursor']) {}

@ApiTags('imports')
@ApiBearerAuth()
@Controller('v1/missing')
export class MissingController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Roles('hr-operator')
  @ApiOperation({
    summary: 'People who are missing in full feeds. After two complete feeds without them their access ends',
  })
  @Answers(200, page(missingAnswer))
  async list(@Query() { limit, cursor }: MissingQuery): Promise<Page<MissingView>> {
    return await this.queries.execute(new ListMissing(limit, cursor));
  }

  @Post(':id/end')
  @HttpCode(200)
  @Roles('hr-operator')
  @ApiOperation({ summary: 'End the access of a missing person now' })
  @Answers(200, missingAnswer)
  @Refuses({ 409: ['worker.key_taken'] })
  async end(
    @Param('id') id: string,
    @Body() { reason }: DecisionInput,
    @CurrentCaller() caller: Caller,
  ): Promise<MissingView> {
    const { id: worker, employeeId } = await this.get(id);
    await this.commands.execute(new EndMissing({ worker, employeeId }, reason, caller));
    return await this.get(worker);
  }

  private async get(id: string): Promise<MissingView> {
    const found = isUuid(id) ? await this.queries.execute(new GetMissing(id)) : null;
    if (found === null) throw new NotFound('missing worker', id);
    return found;
  }
}
