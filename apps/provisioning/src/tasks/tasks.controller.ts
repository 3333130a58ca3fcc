import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { AnswerTask } from './answer-task.command.js';
import { taskAnswer } from './tasks.answers.js';
import { ConfirmTaskDto, RefuseTaskDto, TaskParam, TasksQuery } from './tasks.dto.js';
import { TaskRows, type TaskView } from './tasks.query.js';

/** Changes that people make in applications without an API. */
@ApiTags('tasks')
@ApiBearerAuth()
@Controller('v1/tasks')
export class TasksController {
  constructor(
    private readonly rows: TaskRows,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Roles('connector-admin', 'auditor', 'requester', 'approver')
  @ApiOperation({
    summary: 'Changes that people make in applications without an API; what is due first comes first',
    description:
      'An owner of an application sees those of that application; connector administrators and auditors see all. Only who does a task sees its values. ' +
      'Filter by id, connector, application, kind, status, person.id, account, givenAt and dueAt.',
  })
  @Answers(200, page(taskAnswer))
  list(@Query() query: TasksQuery, @CurrentCaller() caller: Caller): Promise<Page<TaskView>> {
    return this.rows.page(caller, query, query.state !== 'all');
  }

  @Get(':task')
  @Roles('connector-admin', 'auditor', 'requester', 'approver')
  @ApiOperation({ summary: 'One task' })
  @Answers(200, taskAnswer)
  one(@Param() { task }: TaskParam, @CurrentCaller() caller: Caller): Promise<TaskView> {
    return this.shown(task, caller);
  }

  @Post(':task/confirm')
  @HttpCode(200)
  @Roles('connector-admin', 'requester', 'approver')
  @ApiOperation({
    summary: 'Say that a task is done, as an owner of the application or a connector-admin',
    description: 'Only then access counts as given, or as gone. Said again, it changes nothing.',
  })
  @Answers(200, taskAnswer)
  @Refuses({ 409: ['task.not_open'] })
  async confirm(
    @Param() { task }: TaskParam,
    @Body() { account }: ConfirmTaskDto,
    @CurrentCaller() caller: Caller,
  ): Promise<TaskView> {
    const answer = { confirm: { account: account ?? null } };
    await this.commands.execute(new AnswerTask(task, answer, caller, causationOf(caller)));
    return await this.shown(task, caller);
  }

  @Post(':task/refuse')
  @HttpCode(200)
  @Roles('connector-admin', 'requester', 'approver')
  @ApiOperation({
    summary: 'Say that a task will not be done, and why, as an owner of the application or a connector-admin',
    description: 'The change is refused with these words: its account waits for a person.',
  })
  @Answers(200, taskAnswer)
  @Refuses({ 409: ['task.not_open'] })
  async refuse(
    @Param() { task }: TaskParam,
    @Body() { reason }: RefuseTaskDto,
    @CurrentCaller() caller: Caller,
  ): Promise<TaskView> {
    await this.commands.execute(new AnswerTask(task, { refuse: reason }, caller, causationOf(caller)));
    return await this.shown(task, caller);
  }

  private async shown(id: string, caller: Caller): Promise<TaskView> {
    const found = await this.rows.one(caller, id);
    if (found === null) throw new NotFound('task', id);
    return found;
  }
}
