// Works on up to eight messages at a time, and acknowledges each when its work is done. Ctrl-C ends it.
//
//   node apps/examples/dist/parallel-worker.js [mqtt://HOST:PORT]
import { setTimeout as delay } from 'node:timers/promises';
import { Buffers, keepConnected, QoS, ReasonCode, Session, type OwnedPublish } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import { brokerAddress } from './command-line/broker-address.ts';
import { wordsOf } from './command-line/words.ts';

const USAGE = 'node apps/examples/dist/parallel-worker.js [mqtt://HOST:PORT]';
const [url] = wordsOf(USAGE, 1);
const { host, port } = brokerAddress(USAGE, url);

const session = new Session({
  buffers: Buffers.allocate({ rx: 64 * 1024, tx: 4 * 1024 }),
  // A name of its own: started again, the program is given the jobs that came meanwhile, and those it had not finished.
  clientId: 'demo-worker',
  adoptSession: true,
  // A job is done when we say so. The broker sends no more than this many that are not.
  manualAck: true,
  receiveMaximum: 8,
});

const inHand = new Set<Promise<void>>();
process.once('SIGINT', () => void shutDown());

await keepConnected(session, {
  open: ({ signal }) => connectTcp({ host, port, signal }),
  async run(event) {
    if (event.kind === 'connected') {
      await session.subscribe([{ topicFilter: 'demo/jobs/+', qos: QoS.atLeastOnce }]);
    }
    for await (const job of session.messages()) {
      const work = doJob(job).finally(() => inHand.delete(work));
      inHand.add(work);
    }
  },
  onWait: ({ delayMs, error }) => console.error(`${String(error)}. Next attempt in ${Math.round(delayMs)} ms`),
});

async function doJob(job: OwnedPublish): Promise<void> {
  try {
    await delay(100); // Whatever takes its time.
    console.log(`${job.topic}: ${job.text()} is done`);
    job.ack();
  } catch (error) {
    console.error(`${job.topic}: ${String(error)}`);
    job.ack(ReasonCode.unspecifiedError);
  }
}

/** Finishes what is in hand. Jobs that are not acknowledged come again. */
async function shutDown(): Promise<void> {
  await Promise.all(inHand);
  await session.disconnect();
}
