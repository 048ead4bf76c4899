import { expect, it } from 'vitest';
import { forEachAbortPoint, type AbortBench } from '@minimq/testkit';
import { sendToItself } from './exchanges.ts';

it.each([1, 2] as const)('a session at QoS %s loses and doubles nothing, wherever it gives up a wait', async (qos) => {
  const points = await forEachAbortPoint(async (bench) => {
    expect(await sendToItself(bench, qos)).toEqual(['hi', 'end']);
  });
  expect(points.length).toBeGreaterThan(20);
});

/** Waits twice, with a pause, and loses the first answer where that wait is given up. */
async function forgetful({ time, attempt, signal }: AbortBench): Promise<void> {
  const clock = time.clock('session');
  let takenCount = 0;
  const wait = (options: { readonly signal?: AbortSignal }): Promise<number> =>
    new Promise((resolve, reject) => {
      if (options.signal?.aborted === true) return reject(options.signal.reason as Error);
      options.signal?.addEventListener('abort', () => reject(signal.reason as Error));
      takenCount += 1;
      clock.wake(time.nowMs + 10, () => resolve(takenCount));
    });
  const taken = await attempt(wait);
  if (taken !== 1) throw new Error('one was lost');
}

it('names the step at which something is lost', async () => {
  const failing = forEachAbortPoint(forgetful);
  await expect(failing).rejects.toMatchObject({
    position: { step: 1 },
    message: `The exchange fails where its signal aborts at step 1

  cause   Error: one was lost
  again   only: { step: 1 }

  What has passed:
  (nothing)`,
  });
});

it('tries a signal that is aborted before anything begins, every turn and every timer', async () => {
  const aborted: number[] = [];
  const points = await forEachAbortPoint(async ({ time, signal }) => {
    const clock = time.clock();
    const atMs = signal.aborted ? [-1] : [];
    signal.addEventListener('abort', () => atMs.push(time.nowMs));
    await new Promise<void>((resolve) => clock.defer(resolve));
    await new Promise<void>((resolve) => clock.wake(10, resolve));
    aborted.push(...atMs);
  });
  expect(points).toEqual([{ step: 0 }, { step: 1 }, { step: 2 }, { step: 3 }]);
  expect(aborted).toEqual([-1, 0, 0, 10]);
});

it('passes on what has nothing to do with the signal, and fails where nothing is left that could happen', async () => {
  await expect(
    forEachAbortPoint(async (bench) => bench.attempt(() => Promise.reject(new Error('of its own')))),
  ).rejects.toThrow('cause   Error: of its own');
  await expect(forEachAbortPoint(() => new Promise(() => {}))).rejects.toThrow(
    'cause   Error: At 0 ms the promise is still pending. Left to do: nothing.',
  );
});

it('says so where the exchange is over before that step', async () => {
  const exchange = async ({ time }: AbortBench): Promise<void> => {
    await new Promise<void>((resolve) => time.clock().defer(resolve));
  };
  await expect(forEachAbortPoint(exchange, { only: { step: 99 } })).rejects.toThrow(
    'cause   Error: The exchange is not the same each time: it is over after 2 steps',
  );
});
