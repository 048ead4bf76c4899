import { describe, expect, it } from 'vitest';
import { DisconnectedError, MqttError, type Io } from '@minimq/core';
import { memoryLink, seededRandom, type MemoryLink } from '@minimq/testkit';
import { ANSWERS, Bench, CONNACK, errorOf, hex, Peer, SESSION_PRESENT, type Connection } from '../support.ts';

// A peer that does not keep to MQTT: every way ends in a typed error and the DISCONNECT that MQTT names (section 4.13).

/** Remembers the longest buffer that a session had read into. */
class WatchedIo implements Io {
  longestRead = 0;
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    this.longestRead = Math.max(this.longestRead, buffer.length);
    return this.#io.read(buffer);
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    return this.#io.write(bytes);
  }

  flush(): void | Promise<void> {
    return this.#io.flush();
  }

  close(): void | Promise<void> {
    return this.#io.close();
  }
}

// Once connected: what came, the reason code, and the section that it breaks.
const BROKEN: readonly (readonly [name: string, bytes: string, reasonCode: number, section: RegExp])[] = [
  ['a packet of type 0', '00 00', 0x81, /^2\.1\.2/],
  ['a reserved flag', '41 02  00 01', 0x81, /^2\.1\.3/],
  ['a Remaining Length of five bytes', '30 80 80 80 80 01', 0x81, /^1\.5\.5/],
  ['a Remaining Length that is longer than it has to be', 'd0 80 00', 0x81, /^1\.5\.5/],
  ['a packet that only a client sends', 'c0 00', 0x82, /^2\.1\.2/],
  ['a CONNECT', '10 0d  00 04 4d 51 54 54 05 02 00 3c  00  00 00', 0x82, /^2\.1\.2/],
  ['a second CONNACK', CONNACK, 0x82, /^3\.2/],
  ['an AUTH without a method', 'f0 02  18  00', 0x82, /^4\.12|^3\.15/],
  ['an AUTH that nobody asked for', 'f0 06  18  04  15 00 01 6d', 0x82, /^4\.12/],
  ['a packet that ends too early', '30 02  00 05', 0x81, /./],
  ['a packet that ends too late', 'd0 01  00', 0x81, /./],
  ['a PUBLISH of QoS 3', '36 06  00 01 61  00 01  00', 0x81, /^3\.3\.1/],
  ['a wildcard in a topic', '30 04  00 01 2b  00', 0x90, /^3\.3\.2/],
  ['a topic that is no UTF-8', '30 04  00 01 ff  00', 0x81, /^1\.5\.4/],
  ['a topic with U+0000', '30 04  00 01 00  00', 0x81, /^1\.5\.4/],
  ['neither topic nor alias', '30 03  00 00  00', 0x82, /^3\.3\.2/],
  ['a topic alias of 0', '30 07  00 01 61  03 23 00 00', 0x94, /./],
  ['a topic alias above the maximum', '30 07  00 01 61  03 23 00 01', 0x94, /^3\.3\.2/],
  ['a property that there is none', '30 06  00 01 61  02 7f 00', 0x81, /^2\.2\.2/],
  ['a property of another packet', '30 09  00 01 61  05 11 00 00 00 01', 0x81, /^2\.2\.2/],
  ['a property twice', '30 08  00 01 61  04 01 00 01 00', 0x82, /./],
  ['properties behind the end of the packet', '30 07  00 01 61  ff ff ff 7f', 0x81, /./],
  ['a packet identifier of 0', '40 02  00 00', 0x82, /^2\.2\.1/],
  ['a reason code that there is none', '40 03  00 01  7f', 0x82, /^3\.4\.2/],
  ['a SUBACK without results', '90 03  00 01  00', 0x82, /^3\./],
  ['a PUBREL before PUBREC', '34 06  00 01 61  00 05  00  62 02  00 05', 0x82, /^4\.3\.3/],
  ['a packet above the Maximum Packet Size', '30 80 08', 0x95, /^3\.1\.2\.11\.4/],
  ['a packet of 256 MB', '30 ff ff ff 7f', 0x95, /^3\.1\.2\.11\.4/],
];

describe.each(ANSWERS)('over a link that answers %s', (answers) => {
  describe('once connected', () => {
    it.each(BROKEN)('%s ends the connection, and every wait with one error', async (_, bytes, reasonCode, section) => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const { peer, event, link } = await bench.connect();
      const op = session.tryPublish({ topic: 't', qos: 1 })!;
      const waits = [session.subscribe(['a']), session.unsubscribe(['b']), op.completion()].map(errorOf);
      const later = op.completion({ acrossConnections: true });
      await time.settle();
      peer.take();
      // What follows is not looked at any more.
      peer.send(bytes, '30 04  00 01 61  00');
      await peer.expect(`e0 01 ${reasonCode.toString(16)}`);
      const closed = await time.until(event.closed);
      expect(closed).toBeInstanceOf(DisconnectedError);
      expect(closed).toMatchObject({ code: 'disconnected', by: 'protocol', reasonCode, connectionLost: true });
      expect(closed.cause).toMatchObject({ name: 'PeerError', code: 'invalid-packet', reasonCode });
      expect((closed.cause as { section?: string }).section).toMatch(section);
      expect(await Promise.all(waits)).toEqual([closed, closed, closed]);
      expect(link.client.isClosed).toBe(true);
      expect(session.state).toBe('disconnected');

      // The session goes on.
      const second = await bench.connect(SESSION_PRESENT);
      await time.settle();
      expect(second.peer.take()).toContain('3a 06 00 01 74 00 01 00');
      second.peer.send('40 02 00 01', '90 04 00 02 00 00', 'b0 04 00 03 00 00');
      expect(await time.until(later)).toMatchObject({ reasonCode: 0 });
      await bench.expectIdle();
    });
  });

  describe('instead of a CONNACK', () => {
    it.each([
      ['a PUBLISH', '30 04  00 01 61  00', 0x82],
      ['a PINGRESP', 'd0 00', 0x82],
      ['HTTP', '48 54 54 50 2f 31 2e 31 20 34 30 30', 0x81],
      ['a greeting of another protocol', '00 00 00 0a', 0x81],
      ['TLS', '15 03 01 00 02 02 32', 0x81],
      ['a CONNACK of MQTT 3.1.1', '20 02  00 00', 0x81],
      ['a CONNACK with a reserved flag', '20 03  02 00  00', 0x81],
      ['a session that is not ours', SESSION_PRESENT, 0x82],
      ['an AUTH', 'f0 06  18  04  15 00 01 6d', 0x82],
      ['a packet of 256 MB', '20 ff ff ff 7f', 0x95],
    ] as const)('%s: connect() rejects, and the stream is closed', async (_, bytes, reasonCode) => {
      const bench = new Bench({}, answers);
      const { link, peer } = bench.open();
      const failed = errorOf(bench.session.connect(link.client));
      await peer.next();
      peer.send(bytes);
      await peer.expect(`e0 01 ${reasonCode.toString(16)}`);
      expect(await failed).toMatchObject({
        name: 'PeerError',
        code: 'invalid-packet',
        reasonCode,
        connectionLost: true,
      });
      expect(link.client.isClosed).toBe(true);
      expect(bench.session.state).toBe('disconnected');
      await bench.connect();
      await bench.expectIdle();
    });

    it('an error in 3.1.1 words is said to be one of the protocol', async () => {
      const bench = new Bench({}, answers);
      const { link, peer } = bench.open();
      const failed = errorOf(bench.session.connect(link.client));
      await peer.next();
      // "Not authorized", as MQTT 3.1.1 has it.
      peer.send('20 02  00 05');
      expect(await bench.time.until(failed)).toMatchObject({ code: 'invalid-packet', reasonCode: 0x82 });
    });
  });
});

describe('a declared length of 256 MB', () => {
  it.each([
    ['of a packet', '30 ff ff ff 7f', '95'],
    ['of a CONNACK', '20 ff ff ff 7f', '95'],
    ['of the properties of a packet', '30 10  00 01 61  ff ff ff 7f  00 00 00 00 00 00 00 00 00', '81'],
  ])('%s allocates nothing', async (_, bytes, reasonCode) => {
    const bench = new Bench({ rx: 1024 });
    const link = memoryLink();
    const io = new WatchedIo(link.client);
    const peer = new Peer(bench.time, link.server);
    const connecting = bench.session.connect(io).catch((error: unknown) => error);
    await peer.next();
    if (!bytes.startsWith('20')) peer.send(CONNACK);
    await bench.time.settle();
    const before = process.memoryUsage();
    peer.send(bytes);
    await peer.expect(`e0 01 ${reasonCode}`);
    const after = process.memoryUsage();
    for (const kind of ['heapUsed', 'arrayBuffers', 'external'] as const) {
      expect(after[kind] - before[kind]).toBeLessThan(16 * 1024 * 1024);
    }
    expect(io.longestRead).toBeLessThanOrEqual(1024);
    await connecting;
  });
});

describe('garbage of every kind', () => {
  /** A packet of each type and form that a broker may send. */
  const packets = [
    CONNACK,
    '30 07  00 01 74  00  68 69 21',
    '32 0f  00 01 74  00 0a  08 26 00 01 6b 00 02 76 77  2e',
    '34 0e  00 01 74  00 0b  07 02 00 00 00 3c 01 01  68',
    '40 02  00 01',
    '40 07  00 01  10  03 1f 00 00',
    '50 02  00 02',
    '62 02  00 0b',
    '70 02  00 02',
    '90 04  00 03  00  01',
    'b0 04  00 04  00  00',
    'd0 00',
    'e0 01 8b',
    'f0 06  18  04  15 00 01 6d',
  ].map((packet) => [...hex(packet)]);

  it.each(ANSWERS)(
    'ends in a typed error, or in nothing, and the session goes on, over a link that answers %s',
    { timeout: 60_000 },
    async (answers) => {
      const kinds = new Map<string, number>();
      for (let seed = 1; seed <= 250; seed++) {
        const end = await survivesGarbage(seed, answers);
        kinds.set(end, (kinds.get(end) ?? 0) + 1);
      }
      // Every kind of end there is has been seen.
      expect([...kinds.keys()].sort()).toEqual(['broker', 'protocol', 'refused', 'transport']);
    },
  );

  async function survivesGarbage(seed: number, answers: (typeof ANSWERS)[number]): Promise<string> {
    const random = seededRandom(seed);
    const draw = (below: number): number => Math.floor(random() * below);
    const bench = new Bench({ rx: 256, manualAck: draw(2) === 0 }, answers);
    const { session, time } = bench;
    const link: MemoryLink = memoryLink({
      clock: time.clock('link'),
      client: { answers, readMaxBytes: () => 1 + draw(30) },
    });
    const io = new WatchedIo(link.client);
    const peer = new Peer(time, link.server);
    const where = `seed ${seed}`;
    const connecting = session.connect(io).catch((error: unknown) => error);
    await peer.next();
    const isConnected = draw(5) > 0;
    if (isConnected) {
      peer.send(CONNACK);
      await time.settle();
      for (const qos of [1, 2, 0] as const) session.tryPublish({ topic: 't', qos });
      session.subscribe(['a']).catch(() => {});
      session.unsubscribe(['a']).catch(() => {});
      const receive = async (): Promise<void> => {
        for (;;) {
          const message = await session.recv();
          // Nothing in it may throw, whatever it is.
          expect([message.topic, message.text(), message.properties, message.subscriptionIdentifiers]).toHaveLength(4);
          expect(message.toOwned().text(), where).toBe(message.text());
          message.ack();
        }
      };
      void receive().catch((error: unknown) => expect(error, where).toBeInstanceOf(MqttError));
    }
    for (let count = 1 + draw(12); count > 0; count--) {
      const bytes =
        draw(10) === 0 ? Array.from({ length: draw(40) }, () => draw(256)) : [...packets[draw(packets.length)]!];
      if (draw(3) === 0) for (let flips = draw(3); flips >= 0; flips--) bytes[draw(bytes.length)] = draw(256);
      if (draw(12) === 0) bytes.splice(draw(bytes.length), 1 + draw(3));
      if (draw(12) === 0) bytes.splice(draw(bytes.length), 0, ...Array.from({ length: draw(4) }, () => draw(256)));
      peer.sendBytes(Uint8Array.from(bytes));
      await time.settle();
    }
    await peer.close();
    await time.settle();
    const outcome = await time.until(connecting);
    expect(session.state, where).toBe('disconnected');
    expect(io.longestRead, where).toBeLessThanOrEqual(256);
    // With DISCONNECT exactly where the broker was wrong, and at the end.
    const packetsSent = peer.take();
    const goodbye = packetsSent.findIndex((packet) => packet.startsWith('e0'));
    let end: string;
    if (outcome instanceof MqttError) {
      expect(['invalid-packet', 'refused', 'transport-ended', 'transport-failed'], where).toContain(outcome.code);
      end = outcome.code === 'invalid-packet' ? 'protocol' : outcome.code === 'refused' ? 'refused' : 'transport';
    } else {
      const { closed } = outcome as Connection['event'];
      end = (await time.until(closed)).by;
    }
    expect(goodbye >= 0, `${where}: ${packetsSent.join(', ')}`).toBe(end === 'protocol');
    if (goodbye >= 0) expect(goodbye, where).toBe(packetsSent.length - 1);

    // Whatever it was, the next connection is like any other.
    const next = await bench.connect();
    next.peer.answer = (packet) => (packet.startsWith('32') ? `40 02 ${packet.slice(15, 20)}` : undefined);
    const op = await time.until(session.publish({ topic: 't', qos: 1 }));
    expect(await time.until(op.completion()), where).toMatchObject({ reasonCode: 0 });
    next.peer.send('30 04  00 01 74  00');
    expect((await time.until(session.recv())).topic, where).toBe('t');
    await time.until(session.disconnect());
    await time.settle();
    expect(time.pending, where).toEqual([]);
    return end;
  }
});
