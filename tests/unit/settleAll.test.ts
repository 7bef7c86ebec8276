import { settleAll } from '../../lib/util/settleAll';

describe('settling', () => {
  it('gives the values in their order', async () => {
    expect(await settleAll(Promise.resolve(1), Promise.resolve('b'), Promise.resolve())).toEqual([
      1,
      'b',
      undefined,
    ]);
    expect(await settleAll()).toEqual([]);
  });

  it('throws the first failure, once all the rest has ended', async () => {
    let end = () => {};
    let hasEnded = false;
    const slow = new Promise<void>((resolve) => {
      end = resolve;
    }).then(() => {
      hasEnded = true;
    });

    const settling = settleAll(slow, Promise.reject(new Error('first')), Promise.reject(new Error('second')));
    setImmediate(() => end());

    await expect(settling).rejects.toThrow('first');
    expect(hasEnded).toBe(true);
  });
});
