import { waits } from './eventually.js';

let before = 0;
beforeEach(() => {
  before = waits();
});
/** A test that asserts nothing cannot fail: an early return, a loop over an empty list, an `expect` in a callback that never ran. */
afterEach(() => {
  const { assertionCalls } = expect.getState();
  if (assertionCalls === 0 && waits() === before) throw new Error('this test asserted nothing');
});
