import { describe, expect, it } from 'vitest';
import { ANSWERS, Bench } from '../support.ts';

// Topic aliases towards the broker: section 3.3.2.3.4.

/** Topic Alias Maximum 2, on a new session and on one that was kept. */
const TWO = '20 06  00 00  03  22 00 02';
const TWO_PRESENT = '20 06  01 00  03  22 00 02';

describe.each(ANSWERS)('over a link that answers %s', (answers) => {
  it('an alias of the caller names the topic once, and stands for it from then on', async () => {
    const bench = new Bench({}, answers);
    const { session } = bench;
    const { peer } = await bench.connect(TWO);
    const send = (topic: string, topicAlias: number, payload: string): void => {
      expect(session.tryPublish({ topic, payload, properties: { topicAlias } })).not.toBeNull();
    };
    send('aa', 1, '1');
    send('aa', 1, '2');
    send('bb', 2, '3');
    send('aa', 1, '4');
    // Another topic takes it over; the first one has it no more.
    send('bb', 1, '5');
    send('aa', 1, '6');
    await peer.expect(
      '30 09  00 02 61 61  03 23 00 01  31',
      '30 07  00 00        03 23 00 01  32',
      '30 09  00 02 62 62  03 23 00 02  33',
      '30 07  00 00        03 23 00 01  34',
      '30 09  00 02 62 62  03 23 00 01  35',
      '30 09  00 02 61 61  03 23 00 01  36',
    );
    await bench.expectIdle();
  });

  it('automatic ones go to topics as they come, and the least recently used one is taken away', async () => {
    const bench = new Bench({ automaticTopicAliases: 10 }, answers);
    const { session } = bench;
    const { peer } = await bench.connect(TWO);
    for (const topic of ['aa', 'bb', 'aa', 'cc', 'bb', 'cc', 'aa']) session.tryPublish({ topic });
    await peer.expect(
      '30 08  00 02 61 61  03 23 00 01',
      '30 08  00 02 62 62  03 23 00 02',
      '30 06  00 00        03 23 00 01',
      '30 08  00 02 63 63  03 23 00 02',
      '30 08  00 02 62 62  03 23 00 01',
      '30 06  00 00        03 23 00 02',
      '30 08  00 02 61 61  03 23 00 01',
    );
    await bench.expectIdle();
  });

  it('automatic ones are never more than configured, and none where the broker takes none', async () => {
    const bench = new Bench({ automaticTopicAliases: 1 }, answers);
    const { session } = bench;
    const first = await bench.connect(TWO);
    for (const topic of ['aa', 'bb', 'bb']) session.tryPublish({ topic });
    await first.peer.expect(
      '30 08  00 02 61 61  03 23 00 01',
      '30 08  00 02 62 62  03 23 00 01',
      '30 06  00 00  03 23 00 01',
    );
    await bench.cut(first);
    const second = await bench.connect();
    session.tryPublish({ topic: 'bb' });
    await second.peer.expect('30 05  00 02 62 62  00');
    await bench.expectIdle();
  });

  it('both kinds live together', async () => {
    const bench = new Bench({ automaticTopicAliases: 2 }, answers);
    const { session } = bench;
    const { peer } = await bench.connect(TWO);
    const known = new Map<number, string>();
    const check = (packets: readonly string[], topics: readonly string[]): void => {
      // What a broker makes of them.
      const resolved = packets.map((packet) => {
        const bytes = packet.split(' ').map((byte) => Number.parseInt(byte, 16));
        const length = bytes[3]!;
        const alias = bytes[4 + length + 3]!;
        expect(alias).toBeGreaterThan(0);
        expect(alias).toBeLessThanOrEqual(2);
        if (length > 0) known.set(alias, String.fromCharCode(...bytes.slice(4, 4 + length)));
        return known.get(alias);
      });
      expect(resolved).toEqual(topics);
    };
    const topics = ['aa', 'bb', 'aa', 'cc', 'aa', 'aa', 'dd', 'cc', 'cc', 'bb'];
    for (const [i, topic] of topics.entries()) {
      session.tryPublish({ topic, properties: i % 3 === 1 ? { topicAlias: 1 + (i % 2) } : {} });
    }
    await bench.time.settle();
    check(peer.take(), topics);
    await bench.expectIdle();
  });

  it.each([1, 2] as const)(
    'a publish of QoS %s is sent again in full, without an alias [MQTT-3.3.2-7]',
    async (qos) => {
      const bench = new Bench({ automaticTopicAliases: 2 }, answers);
      const { session } = bench;
      const first = await bench.connect(TWO);
      const [no, dup] = qos === 1 ? ['32', '3a'] : ['34', '3c'];
      const properties = { contentType: 'x' };
      session.tryPublish({ topic: 'aa', payload: '1', qos, properties });
      session.tryPublish({ topic: 'aa', payload: '2', qos, properties });
      await first.peer.expect(
        `${no} 0f  00 02 61 61  00 01  07 23 00 01 03 00 01 78  31`,
        `${no} 0d  00 00        00 02  07 23 00 01 03 00 01 78  32`,
      );
      await bench.cut(first);
      const second = await bench.connect(TWO_PRESENT);
      await second.peer.expect(
        `${dup} 0c  00 02 61 61  00 01  04 03 00 01 78  31`,
        `${dup} 0c  00 02 61 61  00 02  04 03 00 01 78  32`,
      );
      // The first new one names its topic again.
      session.tryPublish({ topic: 'aa', payload: '3' });
      await second.peer.expect('30 09  00 02 61 61  03 23 00 01  33');
      for (const id of [1, 2]) second.peer.send(qos === 1 ? `40 02 00 0${id}` : `50 02 00 0${id}`);
      await bench.time.settle();
      if (qos === 2) second.peer.send('70 02 00 01', '70 02 00 02');
      await bench.expectIdle();
    },
  );

  it.each([0, 1, 2] as const)('the bytes of both forms of a publish of QoS %s come back', async (qos) => {
    const bench = new Bench({ automaticTopicAliases: 2 }, answers);
    const { session, time } = bench;
    const { peer, link } = await bench.connect(TWO);
    // Answered before the transport has said that it took them, after it, and where it takes a few bytes at a time.
    for (const writeMaxBytes of [Number.POSITIVE_INFINITY, 3]) {
      link.client.writeMaxBytes = writeMaxBytes;
      const op = session.tryPublish({ topic: 'aa', payload: 'x'.repeat(20), qos })!;
      await time.settle();
      peer.take();
      const id = `00 0${op.packetId}`;
      if (qos === 1) peer.send(`40 02 ${id}`);
      if (qos === 2) {
        peer.send(`50 02 ${id}`);
        await peer.expect(`62 02 ${id}`);
        peer.send(`70 02 ${id}`);
      }
      await time.settle();
      expect(op.state).toBe('complete');
    }
    await bench.expectIdle();
  });

  it('a QoS 0 publish under an alias that was not wholly handed over is invalidated', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const line = await bench.connect(TWO, {}, { capacityBytes: 4 });
    line.link.toServer.stall();
    const properties = { topicAlias: 1 };
    const begun = session.tryPublish({ topic: 'aa', properties })!;
    const waiting = session.tryPublish({ topic: 'aa', properties })!;
    const kept = session.tryPublish({ topic: 'aa', qos: 1, properties })!;
    await time.settle();
    await bench.cut(line, { inFlight: 'lost' });
    expect([begun.state, waiting.state, kept.state]).toEqual(['invalidated', 'invalidated', 'pending']);
    const { peer } = await bench.connect(TWO_PRESENT);
    await time.settle();
    // Whether it was handed over is not known: all three were offered to the transport together, or only the first.
    const [packet, ...rest] = peer.take();
    expect(rest).toEqual([]);
    expect(packet).toMatch(/^3[2a] 07 00 02 61 61 00 01 00$/);
    peer.send('40 02 00 01');
    await bench.expectIdle();
  });
});

it('an alias that would make a packet too large for the broker is left out', async () => {
  const bench = new Bench({ automaticTopicAliases: 2 });
  // Maximum Packet Size 20, Topic Alias Maximum 2.
  const { peer } = await bench.connect('20 0b  00 00  08  27 00 00 00 14  22 00 02');
  bench.session.tryPublish({ topic: 'aa', payload: 'x'.repeat(13) });
  bench.session.tryPublish({ topic: 'aa', payload: 'x'.repeat(10) });
  bench.session.tryPublish({ topic: 'aa', payload: 'x'.repeat(13) });
  const x = (count: number): string => '78'.repeat(count);
  await peer.expect(
    `30 12  00 02 61 61  00 ${x(13)}`,
    `30 12  00 02 61 61  03 23 00 01 ${x(10)}`,
    // Known, it is one byte longer than the topic itself.
    `30 12  00 02 61 61  00 ${x(13)}`,
  );
  await bench.expectIdle();
});

it('where tx has no room for both forms, the whole form goes', async () => {
  const bench = new Bench({ tx: 128, automaticTopicAliases: 2 });
  // tx has 96 bytes for publishes.
  const { peer } = await bench.connect(TWO);
  bench.session.tryPublish({ topic: 'aa', payload: 'x'.repeat(60) });
  await peer.expect(`30 41  00 02 61 61  00 ${'78'.repeat(60)}`);
  await bench.expectIdle();
});
