import { expect, it } from 'vitest';
import { Buffers, keepConnected, Session, type Op } from '@minimq/core';
import {
  ANSWER_ALL,
  forEachAbortPoint,
  forEachChunking,
  forEachCut,
  scriptedBroker,
  type AbortBench,
  type AnswerTable,
  type Bench,
} from '@minimq/testkit';

function newSession({ time }: Bench): Session {
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  return new Session({ buffers, clock: time.clock('session'), clientId: 'c', keepAlive: 0 });
}

/** A strict script, from the CONNECT to the end: a publish each way, a wait that gives up, and silence. */
async function converse(bench: Bench | AbortBench): Promise<void> {
  const { time, open } = bench;
  const attempt: AbortBench['attempt'] = 'attempt' in bench ? bench.attempt : async (call) => call({});
  const broker = await scriptedBroker({ over: open, time });
  const session = newSession(bench);
  const connecting = session.connect(broker.open());
  await broker.expect.connect({ clientId: 'c' });
  await broker.send.connack();
  await connecting;
  const publishing = attempt((options) => session.publish({ topic: 'a', payload: 'x', qos: 1 }, options));
  await broker.send.puback(await broker.expect.publish({ topic: 'a', payload: 'x', qos: 1 }));
  const op = await publishing;
  await attempt((options) => op.completion(options));
  const receiving = attempt((options) => session.recv(options));
  await broker.expectSilence({ forMs: 1_000 });
  expect(time.nowMs).toBe(1_000);
  await broker.send.publish({ topic: 'b', payload: 'y' });
  expect((await receiving).text()).toBe('y');
  const disconnecting = session.disconnect();
  await broker.expect.disconnect();
  await disconnecting;
  await broker.close();
  expect(time.nowMs).toBe(1_000);
}

it('a script works however its bytes come', async () => {
  const chunkings = await forEachChunking(converse);
  expect(chunkings.length).toBeGreaterThan(60);
});

it('a script works wherever its client gives up a wait, and has as many points as it has turns', async () => {
  const abortedAtMs = new Set<number>();
  const points = await forEachAbortPoint(async (bench) => {
    bench.signal.addEventListener('abort', () => abortedAtMs.add(bench.time.nowMs));
    await converse(bench);
  });
  expect(points.length).toBeGreaterThan(20);
  // Before the silence of a second, and behind it.
  expect([...abortedAtMs]).toEqual([0, 1_000]);
});

it('a broker that answers by itself gets a message, whatever byte its connection is cut at', async () => {
  const cuts = await forEachCut(async (bench) => {
    const answers: AnswerTable = { ...ANSWER_ALL, connect: ({ cleanStart }) => ({ sessionPresent: !cleanStart }) };
    const broker = await scriptedBroker({ over: bench.open, time: bench.time, answers });
    const session = newSession(bench);
    let op: Op | undefined;
    await keepConnected(session, {
      open: () => broker.open(),
      async run() {
        op ??= await session.publish({ topic: 'a', payload: 'x', qos: 1 });
        await op.completion();
        await session.disconnect();
      },
    });
    // A cut leaves the beginning of a packet on the broker's side: nothing is to be said about that.
    await broker.stop();
    const { length } = broker.transcript.packets({ type: 'publish' });
    expect([1, 2]).toContain(length);
  });
  expect(cuts.length).toBeGreaterThan(100);
});

it('a script that goes wrong says so, and where its line is', async () => {
  const exchange = async (bench: Bench): Promise<void> => {
    const broker = await scriptedBroker({ over: bench.open, time: bench.time });
    const connecting = newSession(bench).connect(broker.open());
    await broker.expect.connect();
    await broker.send.connack();
    await connecting;
    await broker.expect.publish();
  };
  for (const drive of [forEachChunking, forEachCut, forEachAbortPoint]) {
    await expect(drive(exchange)).rejects.toThrow('PUBLISH did not come: at 0 ms nothing is left that could happen');
  }
});

it('a script that waits past the limit of its driver says what it waits for', async () => {
  const exchange = async ({ open, time }: Bench): Promise<void> => {
    const broker = await scriptedBroker({ over: open, time });
    time.clock('later').wake(5_000, () => {});
    await broker.expect.connect();
  };
  await expect(forEachChunking(exchange, { limitMs: 1_000 })).rejects.toThrow(
    'the script wants CONNECT: at 0 ms the test has reached its time limit',
  );
});
