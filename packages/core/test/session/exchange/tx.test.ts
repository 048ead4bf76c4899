import { describe, expect, it } from 'vitest';
import type { Op, Session } from '@minimq/core';
import { seededRandom, VirtualTime } from '@minimq/testkit';
import { ANSWERS, Bench, expectEmptyTx, hex, newSession, SESSION_PRESENT } from '../support.ts';
import { FastPeer } from './fast-peer.ts';

// The memory that publishes live in until they are acknowledged, and the identifiers that they have meanwhile.

/** Publishes as soon as there is room. */
async function publishAll(
  time: VirtualTime,
  session: Session,
  count: number,
  make: (i: number) => Parameters<Session['publish']>[0],
): Promise<void> {
  for (let i = 0; i < count; i++) {
    const publication = make(i);
    if (session.tryPublish(publication) === null) await time.until(session.publish(publication));
  }
}

describe('a tx full of publishes without an answer', () => {
  it.each(ANSWERS)(
    'is sent again behind a CONNECT with a password of 2 kB, over a link that answers %s',
    async (answers) => {
      const bench = new Bench({ tx: 1024 }, answers);
      const { session } = bench;
      const first = await bench.connect();
      const ops: Op[] = [];
      const payload = new Uint8Array(20);
      for (let op = session.tryPublish({ topic: 't', payload, qos: 1 }); op !== null;) {
        ops.push(op);
        op = session.tryPublish({ topic: 't', payload: payload.fill(ops.length), qos: 1 });
      }
      // 768 bytes are there for packets of 28.
      expect(ops).toHaveLength(27);
      await bench.time.settle();
      expect(first.peer.take()).toHaveLength(27);
      await bench.cut(first);

      const password = new Uint8Array(2048).fill(0x70);
      const second = await bench.connect(SESSION_PRESENT, { username: 'u', password });
      const start = '10 a0 10  00 04 4d 51 54 54 05 c0 00 00  0d  11 00 00 0e 10  21 04 00  27 00 00 04 00  00 01 63';
      expect(hex(second.connect)).toEqual(hex(`${start}  00 01 75  08 00 ${'70'.repeat(2048)}`));
      await bench.time.settle();
      const resent = second.peer.take();
      expect(resent).toHaveLength(27);
      for (const [i, packet] of resent.entries()) {
        const id = (i + 1).toString(16).padStart(2, '0');
        const byte = i.toString(16).padStart(2, '0');
        expect(packet).toBe(`3a 1a 00 01 74 00 ${id} 00${` ${byte}`.repeat(20)}`);
        second.peer.send(`40 02 00 ${id}`);
      }
      await bench.time.settle();
      expect(ops.every(({ state }) => state === 'complete')).toBe(true);
      await bench.expectIdle();
    },
  );

  it('still has room for acknowledgements, PUBREL, PINGREQ and DISCONNECT', async () => {
    const bench = new Bench({ tx: 256, keepAlive: 10 });
    const { session, time } = bench;
    const { peer } = await bench.connect();
    while (session.tryPublish({ topic: 't', payload: 'm', qos: 1 }) !== null);
    session.tryPublish({ topic: 't', qos: 2 });
    await time.settle();
    peer.take();
    peer.send('32 07  00 01 74  00 0a  00  41', '34 07  00 01 74  00 0b  00  42', '62 02 00 0c');
    expect((await time.until(session.recv())).text()).toBe('A');
    expect((await time.until(session.recv())).text()).toBe('B');
    const waiting = session.recv();
    waiting.catch(() => {});
    await peer.expect('70 03 00 0c 92', '40 02 00 0a', '50 02 00 0b');
    await time.advance(7_500);
    await peer.expect('c0 00');
    await time.until(session.disconnect());
    await peer.expect('e0 00');
  });
});

describe('one publish that is never acknowledged', { timeout: 60_000 }, () => {
  // Its number, counted from 0: before all others, and in the middle of tx.
  it.each([
    [0, 1_000_000, undefined],
    [1_500, 150_000, 'in a turn'],
  ] as const)('(number %s) lets %s others pass through a tx of 64 kB, answered %s', async (held, count, answered) => {
    const time = new VirtualTime();
    const session = newSession(time, { tx: 64 * 1024 });
    const payloads = Array.from({ length: 97 }, (_, i) => new Uint8Array(4 + i).fill(i));
    let arrived = 0;
    let wrong = 0;
    const peer = new FastPeer({
      ...(answered === undefined ? {} : { clock: time.clock('peer') }),
      onPacket(_, id, packet) {
        // Topic "t", identifier, no properties; then the number, and filling.
        const i = (packet[8]! << 24) + (packet[9]! << 16) + (packet[10]! << 8) + packet[11]!;
        const filling = i % 97;
        if (i !== arrived || packet.length !== 12 + filling || (filling > 0 && packet.at(-1) !== filling)) wrong++;
        arrived++;
        if (i !== held) peer.ack(0x40, id);
      },
    });
    await time.until(session.connect(peer));
    await publishAll(time, session, count, (i) => {
      const payload = payloads[i % 97]!;
      payload[0] = i >> 24;
      payload[1] = i >> 16;
      payload[2] = i >> 8;
      payload[3] = i;
      return { topic: 't', payload, qos: 1, tag: i === held ? 'held' : undefined };
    });
    await time.settle();
    expect({ arrived, wrong }).toEqual({ arrived: count, wrong: 0 });
    expect(session.pending.map(({ tag }) => tag)).toEqual(['held']);

    // It is still whole.
    peer.close();
    await time.settle();
    const resent: number[] = [];
    const next = new FastPeer({
      connack: SESSION_PRESENT,
      onPacket(first, id, packet) {
        resent.push(first, (packet[10]! << 8) + packet[11]!, packet.length);
        next.ack(0x40, id);
      },
    });
    await time.until(session.connect(next));
    await time.settle();
    expect(resent).toEqual([0x3a, held, 12 + (held % 97)]);
    expectEmptyTx(session);
    await time.until(session.disconnect());
  });
});

describe('acknowledgements in any order', { timeout: 60_000 }, () => {
  it.each([1, 2, 3])('give all of tx back, whatever the sizes (seed %s)', async (seed) => {
    const random = seededRandom(seed);
    const time = new VirtualTime();
    const session = newSession(time, { tx: 4096 });
    const open: { readonly answer: number; readonly id: number }[] = [];
    const arrived: number[] = [];
    const inFlight = new Set<number>();
    let wrong = 0;
    const peer = new FastPeer({
      clock: time.clock('peer'),
      onPacket(first, id, packet) {
        if (first === 0x62) open.push({ answer: 0x70, id });
        else {
          const qos = (first >> 1) & 3;
          // A longer length field shifts what follows it; the payload ends with its number.
          arrived.push((packet.at(-3)! << 16) + (packet.at(-2)! << 8) + packet.at(-1)!);
          if (id !== 0 && inFlight.has(id)) wrong++;
          if (qos > 0) {
            inFlight.add(id);
            open.push({ answer: qos === 1 ? 0x40 : 0x50, id });
          }
        }
      },
    });
    const clock = time.clock('answers');
    const answerSome = (): void => {
      for (let i = Math.ceil(open.length * random()); i > 0; i--) {
        const [{ answer, id }] = open.splice(Math.floor(random() * open.length), 1) as [(typeof open)[0]];
        if (answer !== 0x50) inFlight.delete(id);
        peer.ack(answer, id);
      }
      clock.wake(time.nowMs + 1, answerSome);
    };
    await time.until(session.connect(peer));
    answerSome();
    const count = 5_000;
    await publishAll(time, session, count, (i) => {
      const payload = new Uint8Array(3 + Math.floor(random() ** 3 * 600)).fill(0xff);
      payload.set([i >> 16, i >> 8, i], payload.length - 3);
      return { topic: 't', payload, qos: Math.floor(random() * 3) as 0 | 1 | 2 };
    });
    while (!session.isPublishQuiescent) await time.advance(1);
    clock.wake(undefined, answerSome);
    expect(wrong).toBe(0);
    expect(arrived).toEqual(Array.from({ length: count }, (_, i) => i));
    expectEmptyTx(session);
    await time.until(session.disconnect());
    expect(time.pending).toEqual([]);
  });
});

describe('65,535 publishes in flight', { timeout: 60_000 }, () => {
  /** Publishes that the peer has not answered, by identifier. */
  async function open(
    count: number,
    tx: number,
  ): Promise<{ time: VirtualTime; session: Session; peer: FastPeer; ids: number[] }> {
    const time = new VirtualTime();
    const session = newSession(time, { tx });
    const ids: number[] = [];
    const peer = new FastPeer({ onPacket: (_, id) => void ids.push(id) });
    await time.until(session.connect(peer));
    for (let i = 0; i < count; i++) expect(session.tryPublish({ topic: 't', qos: 1 })).not.toBeNull();
    await time.settle();
    return { time, session, peer, ids };
  }

  it.each([1, 2] as const)('of QoS %s work, and are acknowledged in any order', async (qos) => {
    const random = seededRandom(qos);
    const time = new VirtualTime();
    const session = newSession(time, { tx: 1024 * 1024 });
    let ids: number[] = [];
    const peer = new FastPeer({ onPacket: (_, id) => void ids.push(id) });
    await time.until(session.connect(peer));
    const ops: Op[] = [];
    for (let i = 0; i < 65_535; i++) ops.push(session.tryPublish({ topic: 't', qos })!);
    expect(session.canPublish(1, 8)).toBe(false);
    expect(session.tryPublish({ topic: 't', qos })).toBeNull();
    expect(session.tryPublish({ topic: 't' })).not.toBeNull();
    const waiting = session.publish({ topic: 't', qos });
    await time.settle();
    expect(ids.pop()).toBe(0);
    expect(new Set(ids).size).toBe(65_535);
    expect(session.pending.length).toBe(65_535);

    const shuffled = ids;
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    ids = [];
    if (qos === 2) {
      for (const id of shuffled) peer.ack(0x50, id);
      await time.settle();
      // The PUBRELs, in the order of the PUBRECs [MQTT-4.6.0-4].
      expect(ids).toEqual(shuffled);
      ids = [];
    }
    const last = qos === 1 ? 0x40 : 0x70;
    peer.ack(last, shuffled[0]!);
    // The one identifier that is free.
    expect((await time.until(waiting)).packetId).toBe(shuffled[0]);
    for (const id of shuffled.slice(1)) peer.ack(last, id);
    await time.settle();
    expect(ids).toEqual([shuffled[0]]);
    if (qos === 2) {
      peer.ack(0x50, shuffled[0]!);
      await time.settle();
    }
    peer.ack(last, shuffled[0]!);
    await time.settle();
    expect(ops.every(({ state }) => state === 'complete')).toBe(true);
    expect(session.pending.length).toBe(0);
    expectEmptyTx(session);
    await time.until(session.disconnect());
  });

  it('make no packet dearer', async () => {
    const few = await open(100, 2 * 1024 * 1024);
    const many = await open(60_000, 2 * 1024 * 1024);
    const batch = async ({ time, session, peer, ids }: typeof few): Promise<number> => {
      const startedMs = performance.now();
      for (let i = 0; i < 1_000; i++) session.tryPublish({ topic: 't', qos: 1 });
      await time.settle();
      // Those of the middle, so that neither the oldest nor the newest goes.
      for (const id of ids.splice(ids.length >> 1, 1_000)) peer.ack(0x40, id);
      await time.settle();
      return performance.now() - startedMs;
    };
    const ratios: number[] = [];
    for (let round = 0; round < 25; round++) {
      const base = await batch(few);
      ratios.push((await batch(many)) / base);
    }
    // Generous: a cost that grew with the number in flight would be hundreds of times higher.
    expect(ratios.sort((a, b) => a - b)[12]).toBeLessThan(8);
    for (const { time, session } of [few, many]) await time.until(session.disconnect());
  });
});
