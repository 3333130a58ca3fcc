import { jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { endSlowBodies } from './slow-bodies.js';

const limits = { bodyMs: 1_000, bodyBytesPerSecond: 100 };

/** A request whose body comes as the test says. Time passes as the test says, too. */
class Body extends EventEmitter {
  complete = false;
  readableLength = 0;
  readonly url = '/imports?mode=delta';
  readonly socket = {
    bytesRead: 0,
    destroy: (): void => void this.ended.push('cut'),
    destroySoon: (): void => undefined,
  };
  readonly headers = { 'transfer-encoding': 'chunked' };
  readonly ended: unknown[] = [];
  headersSent = false;
  readonly writeHead = (status: number): void => void this.ended.push(status);
  readonly end = (): void => undefined;

  watched(): this {
    endSlowBodies(this as unknown as IncomingMessage, this as unknown as ServerResponse, limits);
    return this;
  }

  /** `bytes` arrive in each of so many seconds. */
  comes(bytes: number, seconds: number): this {
    for (let second = 0; second < seconds; second += 1) {
      this.socket.bytesRead += bytes;
      jest.advanceTimersByTime(1_000);
    }
    return this;
  }
}

describe('a body', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('may take long while it keeps coming', () => {
    expect(new Body().watched().comes(100, 3_600).ended).toEqual([]);
  });

  it('is ended with 408 when it comes too slowly', () => {
    expect(new Body().watched().comes(100, 5).comes(99, 1).ended).toEqual([408]);
  });

  it('is cut off when its answer has begun', () => {
    const body = new Body().watched();
    body.headersSent = true;
    expect(body.comes(0, 1).ended).toEqual(['cut']);
  });

  it('may wait for a reader that is slower than the client', () => {
    const body = new Body().watched();
    body.readableLength = 1;
    expect(body.comes(0, 10).ended).toEqual([]);
  });

  it('that is complete is watched no longer', () => {
    const body = new Body().watched();
    body.emit('end');
    expect(body.comes(0, 10).ended).toEqual([]);
  });
});
