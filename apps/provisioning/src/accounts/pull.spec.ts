import { isSamePull, pulling, withShown, type PullRule } from './pull.js';

const email: PullRule = { target: 'emails[type eq "work"].value', attribute: 'email', precedence: 100 };
const id: PullRule = { target: 'id', attribute: 'custom.mailboxId', precedence: 10 };
const address = { target: email.target, precedence: 100, value: 'ada@corp.example' };

describe('what is pulled from an application', () => {
  it('is read once: what is known is not read again', () => {
    expect(pulling([email], {}, 'u1')).toEqual({ pulled: {}, missing: [email] });
    expect(pulling([email], { email: address }, 'u1')).toEqual({ pulled: { email: address }, missing: [] });
  });

  it('is the id of the account without a reading', () => {
    const { pulled, missing } = pulling([id], {}, 'u1');
    expect([pulled, missing]).toEqual([{ 'custom.mailboxId': { target: 'id', precedence: 10, value: 'u1' } }, []]);
  });

  it('has the precedence of today, is read again from another path, and goes with its rule', () => {
    expect(pulling([{ ...email, precedence: 5 }], { email: address }, 'u1').pulled).toEqual({
      email: { ...address, precedence: 5 },
    });
    const elsewhere = { ...email, target: 'userName' };
    expect(pulling([elsewhere], { email: address }, 'u1')).toEqual({ pulled: {}, missing: [elsewhere] });
    expect(isSamePull(pulling([], { email: address }, 'u1').pulled, { email: address })).toBe(false);
  });

  it('is what the application shows, where that can be used', () => {
    const shown = (value: unknown) => withShown({}, [email], { [email.target]: value });
    expect(shown(' ada@corp.example ')).toEqual({ email: address });
    expect([shown('no address'), shown(''), shown(null), shown({}), shown(`${'x'.repeat(1_001)}@y`)]).toEqual([
      {},
      {},
      {},
      {},
      {},
    ]);
    expect(withShown({}, [{ ...email, attribute: 'custom.n' }], { [email.target]: 7 })).toMatchObject({
      'custom.n': { value: '7' },
    });
  });
});
