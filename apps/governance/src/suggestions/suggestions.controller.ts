import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { takingUpRefusals } from './suggestion.errors.js';
import type { SuggestionPreview, SuggestionView, TakenUp } from './suggestion-views.js';
import { suggestionAnswer, suggestionPreviewAnswer, takenUpAnswer } from './suggestions.answers.js';
import { TakeUpDto } from './suggestions.dto.js';
import { ListSuggestions, PreviewSuggestion } from './suggestions.query.js';
import { TakeUpSuggestion } from './take-up.command.js';

/** Rules and packages that explain the access which was found in an application. */
@ApiTags('suggestions')
@ApiBearerAuth()
@Controller('v1/applications/:application/access-suggestions')
export class SuggestionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Answers(200, page(suggestionAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'What explains most of the access that was found in an application, the best first',
    description:
      'birthright-rule: nearly everybody who matches filter holds it. access-package: the same people hold it together. explains counts the found assignments that nobody has certified and no suggestion before explains. ' +
      'precision is the share of what it would give that these people hold already; coverage is the share of the found assignments of these entitlements that it explains. Computed from what people hold now.',
  })
  list(@Param('application') application: string): Promise<Page<SuggestionView>> {
    return this.queries.execute(new ListSuggestions(application));
  }

  @Get(':id')
  @Answers(200, suggestionPreviewAnswer)
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'What taking up a suggestion would define, and who would get something that they do not have',
    description: 'gaining names the first 500 of them. 404 also for what people hold now does not suggest any more.',
  })
  preview(@Param('application') application: string, @Param('id') id: string): Promise<SuggestionPreview> {
    return this.queries.execute(new PreviewSuggestion(application, uuidOf('suggestion', id)));
  }

  @Post(':id/take-up')
  @HttpCode(202)
  @Answers(202, takenUpAnswer)
  @Refuses(takingUpRefusals)
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Define what a suggestion proposes, and let it take the place of what was found',
    description:
      'Where it would give people something that they do not have, confirm says how many may get it. The bulk change ends each found assignment with code replaced once its holder has the package; what is refused stays as found, with the reason in its row. What somebody has certified stays.',
  })
  takeUp(
    @Param('application') application: string,
    @Param('id') id: string,
    @Body() { reason, confirm }: TakeUpDto,
    @CurrentCaller() caller: Caller,
    @NewId() bulkId: string,
  ): Promise<TakenUp> {
    const terms = { reason, confirm: confirm ?? null };
    return this.commands.execute(new TakeUpSuggestion(application, uuidOf('suggestion', id), terms, bulkId, caller));
  }
}
