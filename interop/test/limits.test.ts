import { once } from 'node:events';
import { connect } from 'node:net';
import { DisconnectedError, InvalidRequestError, PeerError, QoS, ReasonCode, ResourceError } from '@minimq/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Mosquitto } from './support/mosquitto.ts';
import {
  connectCuttable,
  connected,
  expectAlive,
  newSession,
  open,
  rejection,
  uniqueName,
} from './support/sessions.ts';

async function start(...settings: string[]): Promise<Mosquitto> {
  const mosquitto = await Mosquitto.start(() => ['allow_anonymous true', 'set_tcp_nodelay true', ...settings]);
  onTestFinished(() => mosquitto.stop());
  return mosquitto;
}

describe('Receive Maximum 1', () => {
  // A publish more than announced would end the connection with 0x93.
  it('of the broker: publishes wait for one another, and all arrive in order', async () => {
    const mosquitto = await start('max_inflight_messages 1', 'max_queued_messages 0');
    const topic = uniqueName();
    const subscriber = await connected(mosquitto);
    await subscriber.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
    const publisher = await connected(mosquitto);
    expect(publisher.granted!.receiveMaximum).toBe(1);
    const count = 300;
    const ops = Array.from({ length: count }, (_, number) =>
      publisher.publish({ topic, payload: String(number), qos: number % 2 === 0 ? QoS.exactlyOnce : QoS.atLeastOnce }),
    );
    expect(publisher.tryPublish({ topic, qos: QoS.atLeastOnce })).toBeNull();
    for (let number = 0; number < count; number++) {
      expect((await subscriber.recv({ timeoutMs: 10_000 })).text()).toBe(String(number));
    }
    for (const op of ops) await (await op).completion();
    expect(publisher.state).toBe('connected');
  });

  it('of ours: the broker sends the next message when the last one is acknowledged', async () => {
    const mosquitto = await start();
    const topic = uniqueName();
    const subscriber = await connected(mosquitto, { receiveMaximum: 1, manualAck: true });
    await subscriber.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
    const publisher = await connected(mosquitto);
    const count = 20;
    for (let number = 0; number < count; number++) {
      const qos = number % 2 === 0 ? QoS.exactlyOnce : QoS.atLeastOnce;
      await (await publisher.publish({ topic, payload: String(number), qos })).completion();
    }
    for (let number = 0; number < count; number++) {
      const message = await subscriber.recv({ timeoutMs: 10_000 });
      expect(message.text()).toBe(String(number));
      // Whatever else mosquitto had sent would be here before the answer to this.
      await subscriber.unsubscribe(['nothing']);
      expect(message.ack()).toBe(true);
      expect(subscriber.drive()).toBeNull();
    }
  });
});

describe('Maximum Packet Size of the broker', () => {
  it('is kept to: a longer packet is refused before it is sent, and the connection lives', async () => {
    const mosquitto = await start('max_packet_size 500');
    const session = await connected(mosquitto);
    expect(session.granted!.maximumPacketSize).toBe(500);
    expect(session.maxTxPacketSize).toBe(500);
    const topic = uniqueName();
    for (const qos of [QoS.atMostOnce, QoS.atLeastOnce, QoS.exactlyOnce]) {
      const error = await rejection(session.publish({ topic, payload: 'x'.repeat(500), qos }));
      expect(error).toBeInstanceOf(ResourceError);
      expect(error).toMatchObject({ code: 'packet-too-large', connectionLost: false });
      expect(() => session.tryPublish({ topic, payload: 'x'.repeat(500), qos })).toThrow(ResourceError);
    }
    expect(await rejection(session.subscribe(['x'.repeat(500)]))).toMatchObject({ code: 'packet-too-large' });
    expect(await rejection(session.unsubscribe(['x'.repeat(500)]))).toMatchObject({ code: 'packet-too-large' });
    await expectAlive(session);
  });

  it('is used to the last byte', async () => {
    const mosquitto = await start('max_packet_size 500');
    const session = await connected(mosquitto);
    const topic = uniqueName();
    await session.subscribe([topic]);
    // Fixed header 3, topic with its length, packet identifier 2, property length 1.
    const room = 500 - 3 - (2 + topic.length) - 2 - 1;
    await (await session.publish({ topic, payload: 'x'.repeat(room), qos: QoS.atLeastOnce })).completion();
    expect((await session.recv({ timeoutMs: 5_000 })).payloadLength).toBe(room);
    const more = session.publish({ topic, payload: 'x'.repeat(room + 1), qos: QoS.atLeastOnce });
    expect(await rejection(more)).toMatchObject({ code: 'packet-too-large' });
  });
});

describe('Maximum QoS of the broker', () => {
  it('is kept to: a publish above it is refused before it is sent, or goes out below', async () => {
    const mosquitto = await start('max_qos 1');
    const topic = uniqueName();
    const strict = await connected(mosquitto);
    expect(strict.granted!.maximumQoS).toBe(1);
    const error = await rejection(strict.publish({ topic, qos: QoS.exactlyOnce }));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: 'not-granted' });
    await expectAlive(strict);

    const lenient = await connected(mosquitto, { downgradeQoS: true });
    await lenient.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
    const op = await lenient.publish({ topic, qos: QoS.exactlyOnce });
    expect(op.qos).toBe(QoS.atLeastOnce);
    await op.completion();
    expect((await lenient.recv()).qos).toBe(QoS.atLeastOnce);
  });

  it('refuses a will above it', async () => {
    const mosquitto = await start('max_qos 1');
    const session = newSession({ will: { topic: 'a', qos: QoS.exactlyOnce } });
    const error = await rejection(session.connect(await open(mosquitto)));
    expect(error).toBeInstanceOf(PeerError);
    expect(error).toMatchObject({ code: 'refused', reasonCode: ReasonCode.qosNotSupported });
  });
});

describe('a broker that retains nothing', () => {
  it('is sent nothing to retain', async () => {
    const mosquitto = await start('retain_available false');
    const session = await connected(mosquitto);
    expect(session.granted!.retainAvailable).toBe(false);
    const error = await rejection(session.publish({ topic: 'a', retain: true }));
    expect(error).toMatchObject({ code: 'not-granted' });
    await expectAlive(session);
  });
});

describe('Server Keep Alive', () => {
  it('is in force in place of our own', async () => {
    const mosquitto = await start('max_keepalive 20');
    const session = await connected(mosquitto, { keepAlive: 600 });
    expect(session.granted!.keepAlive).toBe(20);
  });
});

describe('the keep alive', () => {
  it('holds an idle connection for longer than mosquitto waits for a silent client', async () => {
    const mosquitto = await start();
    const session = newSession({ keepAlive: 1 });
    const event = await session.connect(await open(mosquitto));
    // CONNECT with keep alive 1 and the client identifier 'silent', and then nothing.
    const silent = connect({ host: mosquitto.host, port: mosquitto.port });
    silent.write(Buffer.from('10 13 00 04 4d515454 05 02 0001 00 0006 73696c656e74'.replaceAll(' ', ''), 'hex'));
    silent.resume();
    await mosquitto.logged(/Client silent has exceeded timeout/);
    await once(silent, 'close');
    expect(session.state).toBe('connected');
    expect(session.granted).toBe(event.granted);
    await expectAlive(session);
  });
});

describe('the client identifier', () => {
  it('is assigned by the broker where we have none, and stays for the session', async () => {
    const mosquitto = await start();
    const session = newSession({ clientId: '' });
    const { event, cut } = await connectCuttable(session, mosquitto);
    expect(event.kind).toBe('connected');
    expect(session.clientId).not.toBe('');
    expect(event.clientId).toBe(session.clientId);
    await cut();
    const again = await session.connect(await open(mosquitto));
    expect(again).toMatchObject({ kind: 'reconnected', clientId: event.clientId });
  });
});

/** mosquitto 2.0.11 closes these without a word; later ones say why in a DISCONNECT, and then it has to be told. */
function expectEnd(error: DisconnectedError, reasonCode: ReasonCode): void {
  expect(error).toBeInstanceOf(DisconnectedError);
  const { by } = error;
  expect({ by, reasonCode: error.reasonCode }).toEqual(
    by === 'broker' ? { by, reasonCode } : { by: 'transport', reasonCode: undefined },
  );
}

describe('the end of a connection', () => {
  it('by another client of our name is told as such', async () => {
    const mosquitto = await start();
    const clientId = uniqueName();
    const session = newSession({ clientId });
    const event = await session.connect(await open(mosquitto));
    const waiting = rejection(session.recv());
    const other = await connected(mosquitto, { clientId });
    const error = await event.closed;
    expectEnd(error, ReasonCode.sessionTakenOver);
    await mosquitto.logged(/already connected, closing old connection/);
    expect(await waiting).toBe(error);
    await expectAlive(other);
  });

  it('by a broker that shuts down is told as such', async () => {
    const mosquitto = await start();
    const session = newSession();
    const event = await session.connect(await open(mosquitto));
    await mosquitto.end('SIGTERM');
    expectEnd(await event.closed, ReasonCode.serverShuttingDown);
  });
});
