import { Module } from '@nestjs/common';
import { SuggestedAccess } from './suggested.query.js';
import { SuggestionCells } from './suggestion-cells.query.js';
import { SuggestionsController } from './suggestions.controller.js';
import { ListSuggestionsHandler, PreviewSuggestionHandler } from './suggestions.query.js';
import { TakeUpSuggestionHandler } from './take-up.command.js';

/** Proposes rules and packages for access that was found. */
@Module({
  controllers: [SuggestionsController],
  providers: [
    SuggestionCells,
    SuggestedAccess,
    ListSuggestionsHandler,
    PreviewSuggestionHandler,
    TakeUpSuggestionHandler,
  ],
})
export class SuggestionsModule {}
