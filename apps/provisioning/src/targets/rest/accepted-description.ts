import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import type { DescriptionReader } from './description-reader.js';
import { type AnswerTest, durationOf, requestIn, type RequestTemplate, testOf } from './rest-requests.js';

/** An answer that says that a change will be made later, and how to ask what became of it. */
export interface AcceptedDescription {
  readonly when: AnswerTest;
  /** Where such an answer has the ticket. */
  readonly ticket: string;
  readonly ask: RequestTemplate;
  readonly done: AnswerTest;
  readonly refused: AnswerTest;
  readonly everyMs: number;
}

const usualEveryMs = 30_000;

export function acceptedOf(reader: DescriptionReader | null): AcceptedDescription | null {
  if (reader === null) return null;
  const ask = reader.part('ask', 'say how to ask what became of a change, for example {"path": "/tasks/{{[ticket]}}"}');
  const described = {
    when: testOf(reader.part('when', 'say which answers mean so, for example {"status": [202]}')),
    ticket: reader.point('ticket', 'say where such an answer has the ticket, for example /task/id'),
    ask: ask && requestIn(ask, ['ticket'], 'GET'),
    done: testOf(reader.part('done', 'say which answer to ask means that it was done')),
    refused: testOf(reader.part('refused', 'say which answer to ask means that it will not be done')),
    everyMs: durationOf(reader, 'every') || usualEveryMs,
  };
  ask?.end();
  reader.end();
  return described as AcceptedDescription;
}

/** A duration, or `never`: a call without an answer may be carried out at any time. */
export function quietOf(reader: DescriptionReader): number | null {
  if (reader.value('quietAfter') === 'never') return null;
  return Math.max(durationOf(reader, 'quietAfter'), callTimeoutMs);
}
