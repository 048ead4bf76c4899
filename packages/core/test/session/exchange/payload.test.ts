import { describe, expect, it } from 'vitest';
import type { Payload } from '@minimq/core';
import { VirtualTime } from '@minimq/testkit';
import { Bench, errorOf, expectEmptyTx, newSession, publish, publishBytes } from '../support.ts';
import { FastPeer } from './fast-peer.ts';

// The forms that a payload may have, and a writer that writes straight into tx.

/** Fills its whole room with 0xEE first, as a careless writer would, and then uses only so much of it. */
function writer(byteLengthMax: number, payload: Uint8Array): Payload {
  return {
    byteLengthMax,
    write(target) {
      expect(target.length).toBe(byteLengthMax);
      target.fill(0xee);
      target.set(payload);
      return payload.length;
    },
  };
}

describe('a payload', () => {
  it.each<readonly [string, Payload | undefined, string]>([
    ['left out', undefined, ''],
    ['an empty string', '', ''],
    ['text of one, two, three and four bytes', 'a\u00e9\u20ac\u{1f600}', '61 c3 a9 e2 82 ac f0 9f 98 80'],
    ['text with U+0000', 'a\0', '61 00'],
    ['a Uint8Array', new Uint8Array([0, 255]), '00 ff'],
    ['a window on a larger one', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), '02 03'],
    ['a Buffer', Buffer.from('ab'), '61 62'],
    ['a writer', writer(2, new Uint8Array([7, 8])), '07 08'],
    ['a writer that needs less', writer(10, new Uint8Array([7])), '07'],
    ['a writer that needs nothing', writer(10, new Uint8Array(0)), ''],
    ['a writer that must not need anything', writer(0, new Uint8Array(0)), ''],
  ])('may be %s', async (_, payload, bytes) => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    const length = bytes.split(' ').filter(Boolean).length;
    bench.session.tryPublish({ topic: 't', payload, qos: 1 });
    await peer.expect(`32 ${(6 + length).toString(16).padStart(2, '0')}  00 01 74  00 01  00 ${bytes}`);
    peer.send('40 02 00 01');
    await bench.expectIdle();
  });

  it('may be long text, whose bytes are not its characters', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    const text = '\u00e9\u20ac\u{1f600}x'.repeat(100);
    bench.session.tryPublish({ topic: 't', payload: text });
    await peer.expect(publish('t', text));
    await bench.expectIdle();
  });
});

describe('a payload writer', () => {
  it('may publish meanwhile, and that follows it', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    const inner: unknown[] = [];
    const publication = {
      topic: 't',
      qos: 1 as const,
      payload: {
        byteLengthMax: 1,
        write(target: Uint8Array): number {
          inner.push(bench.session.tryPublish({ topic: 'i' }), bench.session.publish({ topic: 'i' }));
          target[0] = 0x61;
          return 1;
        },
      },
    };
    bench.session.tryPublish(publication);
    expect(inner[0]).toBe(null);
    await peer.expect('32 07  00 01 74  00 01  00 61', '30 04  00 01 69  00');
    expect(await inner[1]).toMatchObject({ state: 'complete' });
    peer.send('40 02 00 01');
    await bench.expectIdle();
  });

  it('cannot disconnect, which would put its packet behind the DISCONNECT', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    let disconnecting: Promise<unknown> | undefined;
    bench.session.tryPublish({
      topic: 't',
      payload: {
        byteLengthMax: 1,
        write() {
          disconnecting = bench.session.disconnect();
          return 0;
        },
      },
    });
    await expect(disconnecting).rejects.toMatchObject({ code: 'invalid-argument' });
    await peer.expect('30 04  00 01 74  00');
    await bench.expectIdle();
  });

  it('that loses the connection by using the session is an error, and leaves nothing', async () => {
    const bench = new Bench();
    const { link } = await bench.connect();
    const failing = { byteLengthMax: 1, write: (): number => 0 };
    failing.write = () => {
      link.client.write = () => {
        throw new Error('gone');
      };
      bench.session.drive();
      return 1;
    };
    bench.session.tryPublish({ topic: 't' });
    expect(() => bench.session.tryPublish({ topic: 't', qos: 1, payload: failing })).toThrow('the connection is gone');
    expect(bench.session.state).toBe('disconnected');
    expect(bench.session.pending).toEqual([]);
  });

  // The Remaining Length is the payload and 4 bytes: at the borders of one, two, three and four bytes of length.
  const borders = [0x7f - 4, 0x80 - 4, 0x3fff - 4, 0x4000 - 4, 0x1f_ffff - 4, 0x20_0000 - 4];
  const lengths = [0, 1, ...borders];
  for (const byteLengthMax of [...borders, 0x20_0000 + 100]) {
    it(`of at most ${byteLengthMax} bytes may write any less`, async () => {
      const time = new VirtualTime();
      const session = newSession(time, { tx: 3 * 1024 * 1024 });
      let received: Uint8Array[] = [];
      await time.until(
        session.connect(new FastPeer({ onPacket: (_, __, packet) => void received.push(packet.slice()) })),
      );
      for (const length of lengths.filter((each) => each <= byteLengthMax)) {
        const payload = Uint8Array.from({ length }, (_, i) => i % 251);
        // One after the other in tx, so that the bytes in front of a shorter one, and behind it, belong to others.
        session.tryPublish({ topic: 't', payload: 'before' });
        session.tryPublish({ topic: 't', payload: writer(byteLengthMax, payload) });
        session.tryPublish({ topic: 't', payload: 'after' });
        await time.settle();
        const expected = [publishBytes('t', 'before'), publishBytes('t', payload), publishBytes('t', 'after')];
        expect(Buffer.concat(received).equals(Buffer.concat(expected)), `${length} bytes`).toBe(true);
        expectEmptyTx(session);
        received = [];
      }
      await time.until(session.disconnect());
    });
  }

  it('writes once, when the publish is accepted', async () => {
    const bench = new Bench({ inflightMax: 1 });
    const { session, time } = bench;
    const first = await bench.connect();
    let calls = 0;
    const payload: Payload = {
      byteLengthMax: 8,
      write(target) {
        target[0] = 0x61 + calls;
        calls++;
        return 1;
      },
    };
    session.tryPublish({ topic: 't', payload, qos: 1 });
    expect(calls).toBe(1);
    const waiting = session.publish({ topic: 't', payload, qos: 1 });
    await time.settle();
    expect(calls).toBe(1);
    first.peer.send('40 02 00 01');
    await waiting;
    expect(calls).toBe(2);
    await first.peer.expect('32 07  00 01 74  00 01  00  61', '32 07  00 01 74  00 02  00  62');
    // Nor when it is sent again.
    await bench.cut(first);
    const second = await bench.connect('20 03 01 00 00');
    await second.peer.expect('3a 07  00 01 74  00 02  00  62');
    expect(calls).toBe(2);
    second.peer.send('40 02 00 02');
    await bench.expectIdle();
  });

  it('that throws is the cause of an InvalidRequestError, and leaves no trace', async () => {
    const bench = new Bench({ inflightMax: 1 });
    const { session } = bench;
    const { peer } = await bench.connect();
    const cause = new Error('no data');
    const payload: Payload = {
      byteLengthMax: 100,
      write() {
        throw cause;
      },
    };
    for (const qos of [0, 1, 2] as const) {
      const error = await errorOf(() => session.tryPublish({ topic: 't', payload, qos }));
      expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-argument', cause });
      expect(await errorOf(session.publish({ topic: 't', payload, qos }))).toMatchObject({ cause });
    }
    expectEmptyTx(session);
    expect(session.isPublishQuiescent).toBe(true);
    // One that waited, and those behind it go on.
    session.tryPublish({ topic: 't', qos: 1 });
    const failed = errorOf(session.publish({ topic: 't', payload, qos: 1 }));
    const behind = session.publish({ topic: 't', payload: 'b' });
    await bench.time.settle();
    const [packet] = peer.take();
    peer.send(`40 02 ${packet!.slice(15, 20)}`);
    expect(await failed).toMatchObject({ cause });
    await behind;
    await peer.expect('30 05  00 01 74  00  62');
    await bench.expectIdle();
  });

  it('that throws takes no identifier, however often it does', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    const payload: Payload = {
      byteLengthMax: 1,
      write() {
        throw new RangeError('no data');
      },
    };
    let thrownCount = 0;
    for (let i = 0; i < 65_535; i++) {
      try {
        bench.session.tryPublish({ topic: 't', payload, qos: 1 });
      } catch {
        thrownCount++;
      }
    }
    expect(thrownCount).toBe(65_535);
    expect(bench.session.tryPublish({ topic: 't', qos: 1 })).not.toBeNull();
    const packet = await peer.next();
    peer.send(`40 02 ${packet.slice(15, 20)}`);
    await bench.expectIdle();
  });

  it.each([101, -1, 1.5, Number.NaN, undefined, '1'])(
    'that says it wrote %s of 100 bytes is refused',
    async (written) => {
      const bench = new Bench();
      const { session } = bench;
      const { peer } = await bench.connect();
      const payload = { byteLengthMax: 100, write: () => written as number };
      expect(await errorOf(() => session.tryPublish({ topic: 't', payload, qos: 1 }))).toMatchObject({
        code: 'invalid-argument',
      });
      expectEmptyTx(session);
      await peer.expect();
      await bench.expectIdle();
    },
  );

  it.each([-1, 1.5, Number.NaN, '1', undefined])('with a byteLengthMax of %s is refused', async (byteLengthMax) => {
    const bench = new Bench();
    await bench.connect();
    const payload = { byteLengthMax: byteLengthMax as number, write: () => 0 };
    expect(await errorOf(() => bench.session.tryPublish({ topic: 't', payload }))).toMatchObject({
      code: 'invalid-argument',
    });
    await bench.expectIdle();
  });

  it('may publish something else meanwhile: both are whole', async () => {
    const bench = new Bench({ tx: 256 });
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const other = { topic: 'o', payload: 'x'.repeat(50), qos: 1 } as const;
    // Gaps before and between, so that something would have to move.
    const ops = Array.from({ length: 5 }, () => session.tryPublish({ topic: 't', payload: 'x'.repeat(24), qos: 1 })!);
    await time.settle();
    peer.take();
    peer.send('40 02 00 01', '40 02 00 03');
    await time.settle();
    const payload: Payload = {
      byteLengthMax: 20,
      write(target) {
        target.set([1, 2, 3]);
        const inner = session.tryPublish(other);
        const second = session.tryPublish({ ...other, payload: 'y'.repeat(20) });
        target.set([4, 5, 6], 3);
        return inner !== null || second !== null ? 6 : 6;
      },
    };
    session.tryPublish({ topic: 'w', payload });
    await time.settle();
    const packets = peer.take();
    expect(packets.filter((packet) => packet.startsWith('30'))).toEqual(['30 0a 00 01 77 00 01 02 03 04 05 06']);
    for (const packet of packets.filter((each) => each.startsWith('32'))) {
      expect(packet.endsWith('78 78 78') || packet.endsWith('79 79 79')).toBe(true);
      peer.send(`40 02 ${packet.slice(15, 20)}`);
    }
    for (const { packetId, state } of ops) if (state === 'pending') peer.send(`40 02 00 0${packetId}`);
    await bench.expectIdle();
  });
});
