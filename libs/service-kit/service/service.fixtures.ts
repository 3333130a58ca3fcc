import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Injectable,
  Module,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOperation } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import type { Request, Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Open, Roles } from '#libs/auth/roles.decorator.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { DomainError, type Fact, type Fold, type RecordedFact } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { NewId } from '../idempotency/new-id.decorator.js';
import { etagOf, requireMatch } from '../input/etag.js';
import { PageQuery } from '../input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { Refuses } from '../openapi/answers.decorator.js';
import type { ServiceDefinition } from './service-definition.js';

/** The smallest whole service: notes that can be written, read and closed. */
type NoteEvent = Fact<'NoteWritten', 1, { text: string }> | Fact<'NoteClosed', 1, object>;
type Note = { readonly status: 'absent' | 'closed' } | { readonly status: 'open'; readonly text: string };

const note: Fold<Note, NoteEvent> = {
  version: 1,
  initial: { status: 'absent' },
  evolve: (_, event) =>
    event.type === 'NoteClosed' ? { status: 'closed' } : { status: 'open', text: event.data.text },
};

class NoteNotOpen extends DomainError {
  readonly code = 'note.not_open';
}

@Injectable()
class Notes extends EventStream<Note, NoteEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'note', fold: note });
  }
}

class WriteNote extends Command<{ version: number }> {
  constructor(
    readonly id: string,
    readonly text: string,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(WriteNote)
class WriteNoteHandler implements ICommandHandler<WriteNote> {
  constructor(private readonly notes: Notes) {}

  async execute({ id, text, actor }: WriteNote): Promise<{ version: number }> {
    const causation = { actor, correlationId: uuidv7(), causationId: null };
    return await this.notes.transact(
      id,
      (note) => (note.status === 'open' && note.text === text ? [] : [{ type: 'NoteWritten', v: 1, data: { text } }]),
      causation,
    );
  }
}

class NoteInput {
  @IsString()
  @Length(1, 20)
  readonly text!: string;
}

/** Tests let the slow route go on by calling it. */
export const gate: { open: () => void; passed: Promise<void> } = { open: () => undefined, passed: Promise.resolve() };

@Controller('v1/notes')
class NotesController {
  constructor(
    private readonly notes: Notes,
    private readonly commands: CommandBus,
    private readonly db: Database,
  ) {}

  @Post()
  @Roles('requester')
  @ApiOperation({ summary: 'Write a note' })
  async create(
    @Body() { text }: NoteInput,
    @CurrentCaller() caller: Caller,
    @NewId() id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    await gate.passed;
    await this.commands.execute(new WriteNote(id, text, caller.actor));
    response.set('Location', `/notes/v1/notes/${id}`);
    return { id, text };
  }

  @Put(':id')
  @Roles('requester', 'auditor')
  async change(
    @Param('id') id: string,
    @Body() { text }: NoteInput,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch?: string,
  ): Promise<object> {
    requireMatch(ifMatch, (await this.notes.load(id)).version);
    return await this.commands.execute(new WriteNote(id, text, caller.actor)).then(({ version }) => ({ id, version }));
  }

  @Get(':id')
  @Roles('requester')
  async get(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<object> {
    const { state, version } = await this.notes.load(id);
    if (state.status === 'absent') throw new NotFound('note', id);
    response.set('ETag', etagOf(version));
    return state;
  }

  @Get()
  @Roles('requester')
  list(@Query() { limit, filter }: PageQuery, @CurrentCaller() caller: Caller): object {
    return { limit, filter, actor: caller.actor };
  }

  @Get('of/:text')
  @Roles('requester')
  async having(@Param('text') text: string): Promise<object> {
    const rows = await this.db.query<{ stream: string }>(
      `select stream from events where data::jsonb ->> 'text' = $1 order by position`,
      [text],
    );
    return { ids: rows.map(({ stream }) => stream.slice('note-'.length)) };
  }

  @Post(':id/close')
  @HttpCode(200)
  @Roles('requester')
  @Refuses({ 403: ['note.not_open'] })
  close(@Param('id') id: string): object {
    throw new NoteNotOpen('the note is not open', { id });
  }

  @Post('stream')
  @HttpCode(202)
  @Roles('requester')
  async stream(@Req() request: Request): Promise<object> {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    return { bytes };
  }

  @Get('for/all')
  @Open()
  all(): object {
    return { open: true };
  }

  @Get('for/nobody')
  nobody(): object {
    return {};
  }
}

@Module({ controllers: [NotesController], providers: [Notes, WriteNoteHandler] })
class NotesModule {}

export const notes: ServiceDefinition = {
  name: 'notes',
  prefix: 'notes',
  module: NotesModule,
  migrations: [],
  published: (fact: RecordedFact): readonly PublicMessage[] => (fact.type === 'never' ? [] : []),
  facts: ['NoteWritten'],
  operator: 'policy-admin',
};
