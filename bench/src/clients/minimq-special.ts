import { Buffers, Session, type Op, type Publication } from '@minimq/core';
import { TOPIC } from '../wire/packets.ts';
import { openIo } from './open-io.ts';
import type { IdleClient, Resume, StoppedConsumer } from './special.ts';

const IDLE_BYTES = { rx: 1_024, tx: 1_024, read: 1_024 };
const RX_BYTES = 64 * 1024;
/** Room for each of the small publishes of a resume. */
const PUBLISH_BYTES = 128;

export const minimqIdle: IdleClient = {
  give: () => Buffers.allocate({ rx: IDLE_BYTES.rx, tx: IDLE_BYTES.tx }),
  readBytes: (transport) => (transport === 'tcp' ? IDLE_BYTES.read : 0),
  async open(target, given) {
    const session = new Session({ buffers: given as Buffers });
    await session.connect(await openIo(target, IDLE_BYTES.read));
    return session;
  },
};

export const minimqResume: Resume = async (target, inFlight) => {
  const session = new Session({
    buffers: Buffers.allocate({ rx: RX_BYTES, tx: 4_096 + inFlight * PUBLISH_BYTES }),
    clientId: 'minimq',
    keepAlive: 0,
  });
  const { closed } = await session.connect(await openIo(target));
  const publication: Publication = { topic: TOPIC, payload: new Uint8Array(64), qos: 1 };
  let last: Op | null = null;
  for (let i = 0; i < inFlight; i++) last = session.tryPublish(publication);
  if (last === null) throw new Error('The session has no room for all of them');
  await closed;
  const start = performance.now();
  await session.connect(await openIo(target));
  await last.completion();
  return performance.now() - start;
};

export const minimqStopped: StoppedConsumer = async (target) => {
  const session = new Session({ buffers: Buffers.allocate({ rx: RX_BYTES, tx: RX_BYTES }), keepAlive: 0 });
  await session.connect(await openIo(target));
  return async () => void (await session.subscribe([{ topicFilter: TOPIC, qos: 2 }]));
};
