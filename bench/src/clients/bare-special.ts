import { CONNACK, connectPacket, subscribePacket } from '../wire/packets.ts';
import { publishRing } from '../wire/packet-ring.ts';
import { answer, exchanger } from './bare.ts';
import { openWire } from './open-wire.ts';
import type { IdleClient, Resume, StoppedConsumer } from './special.ts';

const IDLE_READ_BYTES = 1_024;

export const bareIdle: IdleClient = {
  readBytes: (transport) => (transport === 'ws' ? 0 : IDLE_READ_BYTES),
  async open(target) {
    const wire = await openWire(target, IDLE_READ_BYTES);
    await answer(wire, connectPacket(), CONNACK);
    return wire;
  },
};

/** There is no session to resume: this is what sending so many pre-encoded packets costs. */
export const bareResume: Resume = async (target, inFlight) => {
  const first = await openWire(target);
  await answer(first, connectPacket(), CONNACK);
  const closed = new Promise<void>((resolve) => {
    first.onClose = resolve;
  });
  const job = { qos: 1, payloadBytes: 64, inFlight, style: 'publish' } as const;
  void exchanger(first, job)(inFlight);
  await closed;
  const ring = publishRing(1, job.payloadBytes, inFlight);
  const start = performance.now();
  const second = await openWire(target);
  await answer(second, connectPacket(), CONNACK);
  await exchanger(second, job, ring)(inFlight);
  return performance.now() - start;
};

export const bareStopped: StoppedConsumer = async (target) => {
  const wire = await openWire(target);
  await answer(wire, connectPacket(), CONNACK);
  return async () => {
    wire.send(subscribePacket(1));
    wire.stopReading();
  };
};
