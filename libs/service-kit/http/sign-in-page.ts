import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignInLinks } from '#libs/auth/sign-in-links.js';
import { methodNotAllowed, RequestProblem } from '#libs/problems/problem.js';

export const signInPath = '/sign-in';

/** Largest body, in bytes: one field with a code. */
const largestBody = 1_024;

/** What a person who opens `/sign-in?code=…` is shown; the link is used up by the button, not by looking at it. */
export class SignInPage {
  constructor(private readonly links: SignInLinks) {}

  /** @throws RequestProblem */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      const code = new URL(request.url ?? '', 'http://hub').searchParams.get('code') ?? '';
      show(response, askToSignIn(code));
    } else if (request.method === 'POST') {
      const code = new URLSearchParams(await bodyOf(request)).get('code') ?? '';
      const token = await this.links.use(code);
      if (token === null)
        throw new RequestProblem(
          401,
          'invalid_token',
          'this link was used, or is older than 15 minutes: start the hub again for another one, or run npm run token',
        );
      if (request.headers.accept === 'application/json') {
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ token }));
      } else show(response, signedIn(token));
    } else throw methodNotAllowed(['GET', 'POST']);
  }
}

function show(response: ServerResponse, body: string): void {
  const page = `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Identity hub: sign in</title></head>\n<body>\n${body}\n</body>\n</html>\n`;
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
}

const askToSignIn = (code: string): string =>
  `<form method="post" action="${signInPath}"><input type="hidden" name="code" value="${escaped(code)}"><button>Sign in to the identity hub</button></form>`;

const signedIn = (token: string): string =>
  `<p>You are signed in as an administrator and auditor for four hours. This is your token, for <a href="/docs">the API documents</a> (Authorize) and other clients:</p>\n<textarea readonly rows="8" cols="80">${escaped(token)}</textarea>`;

const escaped = (text: string): string => text.replace(/[^\w.-]/g, (character) => `&#${character.charCodeAt(0)};`);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestBody) throw new RequestProblem(413, 'too_large', `the body has more than ${largestBody} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
