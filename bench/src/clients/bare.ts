import { Frames } from '../wire/frames.ts';
import { ackRing, publishRing, type PacketRing } from '../wire/packet-ring.ts';
import {
  CONNACK,
  connectPacket,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  publishPacket,
  PUBREC,
  PUBREL,
  subscribePacket,
} from '../wire/packets.ts';
import type { Wire } from '../wire/wire.ts';
import type { BenchClient, PublishJob, ReceiveJob, Target, Work } from './client.ts';
import { openWire } from './open-wire.ts';

/** Not one of the messages in flight. */
const FENCE_ID = 65_535;
/** So much of QoS 0 goes into one write, however many messages that is. */
const CHUNK_BYTES = 64 * 1024;

/**
 * The limit: a stream of Node that sends pre-encoded packets and counts what comes back. It does no more of MQTT than
 * the exchange cannot do without.
 */
export async function openBare(target: Target, readBytes?: number): Promise<BenchClient> {
  const wire = await openWire(target, readBytes);
  await answer(wire, connectPacket(), CONNACK);
  return {
    publisher: (job) => (job.qos === 0 ? writer(wire, job) : exchanger(wire, job)),
    receiver: (job) => receiver(wire, job),
    echoer: (payloadBytes, onNs) => echoer(wire, payloadBytes, onNs),
    close: async () => wire.close(),
  };
}

/** Sends a packet and waits for the one that answers it. */
export function answer(wire: Wire, request: Uint8Array, type: number): Promise<void> {
  return new Promise((resolve, reject) => {
    wire.onClose = () => reject(new Error('The peer closed the connection'));
    const frames = new Frames((first) => {
      if (first === type) resolve();
    });
    wire.onBytes = (bytes) => frames.take(bytes);
    wire.send(request);
  });
}

/** QoS 0: write after write. */
function writer(wire: Wire, { payloadBytes, inFlight }: PublishJob): Work {
  const most = Math.max(1, Math.floor(CHUNK_BYTES / (payloadBytes + 32)));
  const ring = publishRing(0, payloadBytes, Math.min(inFlight, most));
  return async (count) => {
    await new Promise<void>((resolve) => {
      let left = count;
      const send = (): void => {
        const now = Math.min(left, ring.count);
        left -= now;
        wire.send(ring.take(now), left > 0 ? send : resolve);
      };
      send();
    });
    await answer(wire, publishPacket(1, FENCE_ID, 0), PUBACK);
  };
}

/** QoS 1 and 2: as many new messages as were acknowledged, chunk by chunk. */
export function exchanger(
  wire: Wire,
  { qos, payloadBytes, inFlight }: PublishJob,
  publishes: PacketRing = publishRing(qos, payloadBytes, inFlight),
): Work {
  const releases = ackRing(PUBREL, publishes.count);
  return (count) =>
    new Promise((resolve) => {
      let unsent = count;
      let unfinished = count;
      let credit = publishes.count;
      let released = 0;
      const send = (): void => {
        if (released > 0) wire.send(releases.take(released));
        released = 0;
        const now = Math.min(credit, unsent);
        if (now > 0) wire.send(publishes.take(now));
        credit -= now;
        unsent -= now;
      };
      const frames = new Frames((first) => {
        if (first === PUBREC) released++;
        else if (first === PUBACK || first === PUBCOMP) {
          credit++;
          unfinished--;
        }
      });
      wire.onBytes = (bytes) => {
        frames.take(bytes);
        send();
        if (unfinished === 0) resolve();
      };
      send();
    });
}

function receiver(wire: Wire, { qos, payloadBytes, inFlight }: ReceiveJob): Work {
  const { count: window } = publishRing(qos, payloadBytes, inFlight);
  const acks = ackRing(qos === 1 ? PUBACK : PUBREC, window);
  const completions = ackRing(PUBCOMP, window);
  let isSubscribed = false;
  let received = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let arrived = 0;
  let released = 0;
  let done: () => void = () => {};
  const frames = new Frames((first) => {
    if ((first & 0xf0) === PUBLISH) arrived++;
    else if (first === PUBREL) released++;
  });
  const onBytes = (bytes: Uint8Array): void => {
    frames.take(bytes);
    if (qos > 0 && arrived > 0) wire.send(acks.take(arrived));
    if (released > 0) wire.send(completions.take(released));
    received += arrived;
    arrived = 0;
    released = 0;
    if (received >= wanted) done();
  };
  return async (count) => {
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    wanted = received + count;
    if (!isSubscribed) {
      isSubscribed = true;
      wire.onBytes = onBytes;
      wire.send(subscribePacket(1));
    }
    await all;
  };
}

function echoer(wire: Wire, payloadBytes: number, onNs: (ns: number) => void): Work {
  const packet = publishPacket(0, 0, payloadBytes);
  return (count) =>
    new Promise((resolve) => {
      let left = count;
      let missing = 0;
      let start = 0n;
      const send = (): void => {
        missing = packet.length;
        start = process.hrtime.bigint();
        wire.send(packet);
      };
      wire.onBytes = (bytes) => {
        missing -= bytes.length;
        if (missing > 0) return;
        onNs(Number(process.hrtime.bigint() - start));
        left--;
        if (left > 0) send();
        else resolve();
      };
      send();
    });
}
