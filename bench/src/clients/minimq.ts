import { Buffers, Session, type Io, type Op, type Publication } from '@minimq/core';
import { TOPIC } from '../wire/packets.ts';
import type { BenchClient, OpenOptions, PublishJob, ReceiveJob, Work } from './client.ts';

const BUFFER_BYTES_MIN = 4 * 1024;
const RX_BYTES_MAX = 64 * 1024;
/** Fixed header, topic, identifier and an empty list of properties, and some to spare. */
const PACKET_OVERHEAD_BYTES = 64;

/** The session over any stream. */
export async function minimqOver(io: Io, { payloadBytes, inFlight }: OpenOptions): Promise<BenchClient> {
  const packetBytes = payloadBytes + PACKET_OVERHEAD_BYTES;
  const session = new Session({
    buffers: Buffers.allocate({
      rx: Math.max(BUFFER_BYTES_MIN, 2 * packetBytes, Math.min(inFlight * packetBytes, RX_BYTES_MAX)),
      // Twice what is in flight, so that room is not what holds a publish back.
      tx: Math.max(BUFFER_BYTES_MIN, 2 * inFlight * packetBytes),
    }),
    clientId: 'minimq',
    keepAlive: 0,
    receiveMaximum: inFlight,
    inboundQoS2Max: inFlight,
  });
  await session.connect(io);
  return {
    publisher: (job) => publisher(session, job),
    receiver: (job) => receiver(session, job),
    echoer: (bytes, onNs) => echoer(session, bytes, onNs),
    close: async () => void (await session.disconnect()),
  };
}

function publisher(session: Session, { qos, payloadBytes, style }: PublishJob): Work {
  const publication: Publication = { topic: TOPIC, payload: new Uint8Array(payloadBytes), qos };
  const fence: Publication = { topic: TOPIC, qos: 1 };

  const awaited = async (count: number): Promise<Op> => {
    for (let i = 1; i < count; i++) await session.publish(publication);
    return session.publish(publication);
  };
  const tried = async (count: number): Promise<Op> => {
    let op: Op | null = null;
    // Where there is no room, the awaited call waits for it.
    for (let i = 0; i < count; i++) op = session.tryPublish(publication) ?? (await session.publish(publication));
    return op!;
  };
  const send = style === 'publish' ? awaited : tried;
  return async (count) => {
    const last = await send(count);
    const answered = qos === 0 ? await session.publish(fence) : last;
    await answered.completion();
  };
}

function receiver(session: Session, { style, subscriptions = 1 }: ReceiveJob): Work {
  const take = { recv: () => recv, drive: () => drive, messages: () => messages }[style]();
  let messagesLeft: AsyncIterator<{ readonly payload: Uint8Array }> | undefined;
  let isSubscribed = false;
  /** What an application cannot do without looking at. */
  let sum = 0;

  async function recv(count: number): Promise<void> {
    for (let i = 0; i < count; i++) sum += (await session.recv()).payload.length;
  }
  async function drive(count: number): Promise<void> {
    for (let i = 0; i < count; i++) sum += (session.drive() ?? (await session.recv())).payload.length;
  }
  async function messages(count: number): Promise<void> {
    messagesLeft ??= session.messages();
    for (let i = 0; i < count; i++) sum += (await messagesLeft.next()).value!.payload.length;
  }

  return async (count) => {
    if (!isSubscribed) {
      isSubscribed = true;
      for (let i = 1; i < subscriptions; i++) await session.subscribe([`${TOPIC}/${i}`]);
      await session.subscribe([{ topicFilter: TOPIC, qos: 2 }]);
    }
    await take(count);
    if (sum < 0) throw new Error('Payloads cannot have a negative length');
  };
}

function echoer(session: Session, payloadBytes: number, onNs: (ns: number) => void): Work {
  const publication: Publication = { topic: TOPIC, payload: new Uint8Array(payloadBytes) };
  return async (count) => {
    for (let i = 0; i < count; i++) {
      const start = process.hrtime.bigint();
      session.tryPublish(publication);
      await session.recv();
      onNs(Number(process.hrtime.bigint() - start));
    }
  };
}
