import { describe, expect, it } from 'vitest';
import type { Op, Publication } from '@minimq/core';
import { ANSWERS, ascii, Bench, errorOf, expectEmptyTx, isPending, publish, u16 } from '../support.ts';

// What becomes of a publish: its turn, its answer, and what is refused before a byte is sent. Section 3.3.

/** CONNACKs with one property each. */
const RECEIVE_MAXIMUM_1 = '20 06  00 00  03  21 00 01';
const RECEIVE_MAXIMUM_2 = '20 06  00 00  03  21 00 02';

/** To "t", of QoS 1, with one letter. */
function qos1(id: number, letter: string): string {
  return `32 07  00 01 74  ${u16(id)}  00  ${ascii(letter)}`;
}

describe.each(ANSWERS)('over a link that answers %s', (answers) => {
  describe('publishes leave in the order of the calls', () => {
    it('where one waits for quota: those behind it wait too, of QoS 0 as well, and tryPublish() does not overtake', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const { peer } = await bench.connect(RECEIVE_MAXIMUM_1);
      const a = await session.publish({ topic: 't', payload: 'a', qos: 1 });
      expect(session.isPublishQuiescent).toBe(false);
      const b = session.publish({ topic: 't', payload: 'b', qos: 1 });
      const c = session.publish({ topic: 't', payload: 'c' });
      const d = session.publish({ topic: 't', payload: 'd', qos: 1 });
      expect(session.tryPublish({ topic: 't', payload: 'e' })).toBeNull();
      expect([session.canPublish(0, 8), session.canPublish(1, 8)]).toEqual([false, false]);
      await peer.expect(qos1(1, 'a'));
      expect(await isPending(time, b)).toBe(true);
      peer.send('40 02 00 01');
      await peer.expect(qos1(2, 'b'), '30 05  00 01 74  00  63');
      expect((await c).state).toBe('complete');
      expect(session.tryPublish({ topic: 't', payload: 'e' })).toBeNull();
      peer.send('40 02 00 02');
      await peer.expect(qos1(3, 'd'));
      expect([a.state, (await b).state, (await d).state]).toEqual(['complete', 'complete', 'pending']);
      // Nobody waits: what needs no quota may go.
      expect([session.canPublish(0, 8), session.canPublish(1, 8)]).toEqual([true, false]);
      expect(session.tryPublish({ topic: 't', payload: 'e' })).not.toBeNull();
      await peer.expect('30 05  00 01 74  00  65');
      peer.send('40 02 00 03');
      await bench.expectIdle();
    });

    it('where one waits for room: a small one does not slip past', async () => {
      const bench = new Bench({ tx: 128 }, answers);
      const { session, time } = bench;
      const { peer } = await bench.connect();
      // tx has 96 bytes for publishes; 39 + 39 are taken.
      const payload = 'x'.repeat(31);
      for (let i = 0; i < 2; i++) expect(session.tryPublish({ topic: 't', payload, qos: 1 })).not.toBeNull();
      expect([session.canPublish(1, 18), session.canPublish(1, 19)]).toEqual([true, false]);
      const waits = session.publish({ topic: 't', payload, qos: 1 });
      const small = session.publish({ topic: 't', payload: 's', qos: 1 });
      expect(session.tryPublish({ topic: 't' })).toBeNull();
      await time.settle();
      expect(peer.take()).toHaveLength(2);
      peer.send('40 02 00 02');
      await peer.expect(publish('t', payload, { first: '32', id: 3 }), qos1(4, 's'));
      expect([(await waits).packetId, (await small).packetId]).toEqual([3, 4]);
      peer.send('40 02 00 01', '40 02 00 03', '40 02 00 04');
      await bench.expectIdle();
    });

    it('and whatever needs no quota passes them: requests, acknowledgements, PINGREQ, DISCONNECT', async () => {
      const bench = new Bench({ keepAlive: 10 }, answers);
      const { session, time } = bench;
      const { peer } = await bench.connect(RECEIVE_MAXIMUM_1);
      session.tryPublish({ topic: 't', payload: 'a', qos: 2 });
      const held = errorOf(session.publish({ topic: 't', payload: 'b', qos: 1 }));
      await peer.expect('34 07  00 01 74  00 01  00  61');
      const subscribing = session.subscribe(['s']);
      const unsubscribing = session.unsubscribe(['u']);
      await peer.expect('82 07  00 02  00  00 01 73  00', 'a2 06  00 03  00  00 01 75');
      peer.send('90 04  00 02  00  00', 'b0 04  00 03  00  00', '32 07  00 01 74  00 0a  00  6d');
      await time.until(subscribing);
      await time.until(unsubscribing);
      (await time.until(session.recv())).ack();
      await peer.expect('40 02 00 0a');
      peer.send('50 02 00 01');
      await peer.expect('62 02 00 01');
      await time.advance(7_500);
      await peer.expect('c0 00');
      const result = session.disconnect();
      await peer.expect('e0 00');
      expect(await result).toEqual({ clean: true });
      expect(await held).toMatchObject({ code: 'disconnected', by: 'local' });
    });
  });

  describe('a publish that waits', () => {
    it('leaves no trace when it is aborted, or its time is over; those behind it move up', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const { peer } = await bench.connect(RECEIVE_MAXIMUM_1);
      session.tryPublish({ topic: 't', payload: 'a', qos: 1 });
      const abort = new AbortController();
      const reason = new Error('enough');
      const aborted = errorOf(session.publish({ topic: 't', payload: 'b', qos: 1 }, { signal: abort.signal }));
      const late = errorOf(session.publish({ topic: 't', payload: 'c', qos: 1 }, { timeoutMs: 50 }));
      const zero = session.publish({ topic: 't', payload: 'd' });
      const last = session.publish({ topic: 't', payload: 'e', qos: 1 });
      abort.abort(reason);
      expect(await aborted).toBe(reason);
      await time.advance(50);
      expect(await late).toMatchObject({ name: 'TimeoutError', code: 'timeout' });
      // Nothing that waits for quota stands before it any more.
      await zero;
      await peer.expect(qos1(1, 'a'), '30 05  00 01 74  00  64');
      peer.send('40 02 00 01');
      await peer.expect(qos1(2, 'e'));
      expect(session.pending).toEqual([await last]);
      peer.send('40 02 00 02');
      await bench.expectIdle();
    });

    it('does nothing at all with a signal that is aborted already', async () => {
      const bench = new Bench({}, answers);
      const { session } = bench;
      const { peer } = await bench.connect();
      const reason = new Error('enough');
      const writer = { byteLengthMax: 1, write: () => expect.unreachable() };
      const signal = AbortSignal.abort(reason);
      expect(await errorOf(session.publish({ topic: 't', payload: writer, qos: 1 }, { signal }))).toBe(reason);
      await peer.expect();
      await bench.expectIdle();
    });

    it("keeps the caller's objects until it settles, and none of them after that", async () => {
      const bench = new Bench({}, answers);
      const { session } = bench;
      const { peer } = await bench.connect(RECEIVE_MAXIMUM_1);
      const now = new Uint8Array([0x61]);
      session.tryPublish({ topic: 't', payload: now, qos: 1 });
      // It is in tx: the caller's array is the caller's again.
      now[0] = 0x7a;
      const later = new Uint8Array([0x62]);
      const waits = session.publish({ topic: 't', payload: later, qos: 1 });
      later[0] = 0x63;
      await peer.expect(qos1(1, 'a'));
      peer.send('40 02 00 01');
      await waits;
      later[0] = 0x7a;
      await peer.expect(qos1(2, 'c'));
      peer.send('40 02 00 02');
      await bench.expectIdle();
    });

    it('ends with the connection, and is not part of the session', async () => {
      const bench = new Bench({}, answers);
      const { session } = bench;
      const first = await bench.connect(RECEIVE_MAXIMUM_1);
      const a = session.tryPublish({ topic: 't', payload: 'a', qos: 1 })!;
      const held = errorOf(session.publish({ topic: 't', payload: 'b', qos: 1 }));
      const gone = await bench.cut(first);
      expect(await held).toBe(gone);
      expect(session.pending).toEqual([a]);
      expect(await errorOf(session.publish({ topic: 't' }))).toBe(gone);
      expect(await errorOf(() => session.tryPublish({ topic: 't' }))).toBe(gone);
      expect(session.canPublish(0, 4)).toBe(false);
    });
  });

  it('after a resume they wait for all that is sent again, of QoS 0 as well', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const first = await bench.connect();
    for (const payload of ['a', 'b', 'c']) session.tryPublish({ topic: 't', payload, qos: 1 });
    await time.settle();
    await bench.cut(first);
    const { peer } = await bench.connect('20 06  01 00  03  21 00 01');
    expect(session.tryPublish({ topic: 't' })).toBeNull();
    expect([session.canPublish(0, 8), session.canPublish(1, 8)]).toEqual([false, false]);
    const d = session.publish({ topic: 't', payload: 'd' });
    const e = session.publish({ topic: 't', payload: 'e', qos: 1 });
    await peer.expect('3a 07  00 01 74  00 01  00  61');
    peer.send('40 02 00 01');
    await peer.expect('3a 07  00 01 74  00 02  00  62');
    expect(await isPending(time, d)).toBe(true);
    peer.send('40 02 00 02');
    // The last of them is on its way: what needs no quota may follow.
    await peer.expect('3a 07  00 01 74  00 03  00  63', '30 05  00 01 74  00  64');
    expect((await d).state).toBe('complete');
    peer.send('40 02 00 03');
    await peer.expect(qos1(4, 'e'));
    expect((await e).packetId).toBe(4);
    peer.send('40 02 00 04');
    await bench.expectIdle();
  });

  it('quota comes back with PUBACK, with PUBCOMP and with a PUBREC of refusal, not with PUBREC', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect(RECEIVE_MAXIMUM_2);
    const can = async (): Promise<boolean> => {
      await time.settle();
      return session.canPublish(2, 8);
    };
    session.tryPublish({ topic: 't', qos: 2 });
    expect(await can()).toBe(true);
    const refused = session.tryPublish({ topic: 't', qos: 2 })!;
    expect(await can()).toBe(false);
    peer.send('50 02 00 01');
    expect(await can()).toBe(false);
    peer.send('70 02 00 01');
    expect(await can()).toBe(true);
    session.tryPublish({ topic: 't', qos: 1 });
    expect(await can()).toBe(false);
    peer.send('40 02 00 03');
    expect(await can()).toBe(true);
    session.tryPublish({ topic: 't', qos: 1 });
    expect(await can()).toBe(false);
    peer.send('50 03 00 02 97');
    expect(await can()).toBe(true);
    expect(await errorOf(refused.completion())).toMatchObject({ code: 'refused', reasonCode: 0x97 });
    peer.send('40 02 00 04');
    // No PUBREL for the refused one [MQTT-4.3.3-4].
    await time.settle();
    expect(peer.take().filter((packet) => packet.startsWith('62'))).toEqual(['62 02 00 01']);
    await bench.expectIdle();
  });
});

describe('an op', () => {
  it('says what the broker said, as often as it is asked', async () => {
    const bench = new Bench();
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const ops: Op[] = [];
    for (const qos of [0, 1, 1, 2, 2] as const)
      ops.push(session.tryPublish({ topic: 't', qos, tag: `tag ${ops.length}` })!);
    expect(ops.map(({ state, qos, packetId, tag }) => [state, qos, packetId, tag])).toEqual([
      ['pending', 0, 0, 'tag 0'],
      ['pending', 1, 1, 'tag 1'],
      ['pending', 1, 2, 'tag 2'],
      ['pending', 2, 3, 'tag 3'],
      ['pending', 2, 4, 'tag 4'],
    ]);
    await time.settle();
    const early = ops.map((op) => op.completion().catch((error: unknown) => error));
    expect(session.pending.map(({ tag }) => tag)).toEqual(['tag 1', 'tag 2', 'tag 3', 'tag 4']);
    // No matching subscribers; not authorized, with a reason string and a user property; a QoS 2 exchange, and one refused.
    peer.send(
      '40 04 00 01 10 00',
      '40 10 00 02 87 0c  1f 00 02 6e 6f  26 00 01 6b 00 01 76',
      '50 02 00 03',
      '50 04 00 04 97 00',
    );
    await time.settle();
    expect(session.pending.map(({ tag }) => tag)).toEqual(['tag 3']);
    peer.send('70 02 00 03');
    await time.settle();
    const late = ops.map((op) => op.completion().catch((error: unknown) => error));
    for (const results of [await Promise.all(early), await Promise.all(late)]) {
      expect(results[0]).toEqual({ reasonCode: 0, userProperties: [] });
      expect(results[1]).toMatchObject({ reasonCode: 0x10, userProperties: [] });
      expect(results[2]).toMatchObject({
        name: 'PeerError',
        code: 'refused',
        reasonCode: 0x87,
        reasonString: 'no',
        userProperties: [['k', 'v']],
        connectionLost: false,
      });
      expect(results[3]).toEqual({ reasonCode: 0, userProperties: [] });
      expect(results[4]).toMatchObject({ code: 'refused', reasonCode: 0x97 });
    }
    expect(ops.map(({ state }) => state)).toEqual(['complete', 'complete', 'refused', 'complete', 'refused']);
    await bench.expectIdle();
  });

  it('lets a wait for it be given up, and goes on', async () => {
    const bench = new Bench();
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const op = session.tryPublish({ topic: 't', qos: 1 })!;
    const abort = new AbortController();
    const reason = new Error('enough');
    const aborted = errorOf(op.completion({ signal: abort.signal }));
    const late = errorOf(op.completion({ timeoutMs: 10, acrossConnections: true }));
    abort.abort(reason);
    expect(await aborted).toBe(reason);
    expect(await errorOf(op.completion({ signal: abort.signal }))).toBe(reason);
    await time.advance(10);
    expect(await late).toMatchObject({ code: 'timeout' });
    expect(op.state).toBe('pending');
    const done = op.completion();
    peer.send('40 02 00 01');
    expect(await time.until(done)).toMatchObject({ reasonCode: 0 });
    await bench.expectIdle();
  });

  it('that nobody asks may be refused: there is no promise to reject', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    const op = bench.session.tryPublish({ topic: 't', qos: 1 })!;
    expect('then' in op).toBe(false);
    peer.send('40 03 00 01 80');
    await bench.time.settle();
    expect(op.state).toBe('refused');
    await bench.expectIdle();
  });
});

describe('answers that make no sense', () => {
  it.each([
    ['a PUBACK for a QoS 2 publish', 2, '40 02 00 01'],
    ['a PUBREC for a QoS 1 publish', 1, '50 02 00 01'],
    ['a PUBCOMP for a QoS 1 publish', 1, '70 02 00 01'],
    ['a PUBCOMP before PUBREC', 2, '70 02 00 01'],
    ['a SUBACK for a publish', 1, '90 04 00 01 00 00'],
  ] as const)('%s: DISCONNECT 0x82', async (_, qos, packet) => {
    const bench = new Bench();
    const line = await bench.connect();
    const op = bench.session.tryPublish({ topic: 't', qos })!;
    await bench.time.settle();
    line.peer.take();
    line.peer.send(packet);
    await line.peer.expect('e0 01 82');
    expect(await bench.time.until(line.event.closed)).toMatchObject({ by: 'protocol', reasonCode: 0x82 });
    expect(op.state).toBe('pending');
  });

  it('an identifier that nobody has: PUBACK and PUBCOMP are passed over, PUBREC is answered with 0x92', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    peer.send('40 02 00 07', '70 02 00 07', '50 02 00 07', 'b0 04 00 07 00 00');
    await peer.expect('62 03 00 07 92');
    await bench.expectIdle();
  });
});

describe('a publish that could never go', () => {
  const cases: readonly (readonly [string, string, Publication, object])[] = [
    [
      'is larger than tx',
      '20 03 00 00 00',
      { topic: 't', payload: new Uint8Array(4000) },
      { name: 'ResourceError', code: 'buffer-too-small' },
    ],
    [
      'is larger than the Maximum Packet Size',
      '20 08  00 00  05  27 00 00 00 14',
      { topic: 't', payload: new Uint8Array(15) },
      { name: 'ResourceError', code: 'packet-too-large' },
    ],
    ['has a QoS above the maximum', '20 05  00 00  02  24 01', { topic: 't', qos: 2 }, { code: 'not-granted' }],
    ['has any QoS where there is none', '20 05  00 00  02  24 00', { topic: 't', qos: 1 }, { code: 'not-granted' }],
    ['is to be retained', '20 05  00 00  02  25 00', { topic: 't', retain: true }, { code: 'not-granted' }],
    ['has an alias', '20 03 00 00 00', { topic: 't', properties: { topicAlias: 1 } }, { code: 'not-granted' }],
    [
      'has an alias that is too high',
      '20 06  00 00  03  22 00 02',
      { topic: 't', properties: { topicAlias: 3 } },
      { code: 'not-granted' },
    ],
    [
      'has alias 0',
      '20 06  00 00  03  22 00 02',
      { topic: 't', properties: { topicAlias: 0 } },
      { code: 'invalid-argument' },
    ],
    ['has no topic', '20 03 00 00 00', { topic: '' }, { code: 'invalid-argument' }],
    ['has a wildcard', '20 03 00 00 00', { topic: 'a/+' }, { code: 'invalid-argument' }],
    ['has U+0000 in its topic', '20 03 00 00 00', { topic: 'a\0' }, { code: 'invalid-argument' }],
    ['has a lone surrogate', '20 03 00 00 00', { topic: 't', payload: '\ud800' }, { code: 'invalid-argument' }],
    ['has a QoS that is none', '20 03 00 00 00', { topic: 't', qos: 3 as 2 }, { code: 'invalid-argument' }],
    [
      'has a payload that is none',
      '20 03 00 00 00',
      { topic: 't', payload: 7 as unknown as string },
      { code: 'invalid-argument' },
    ],
    [
      'has an ArrayBuffer as payload',
      '20 03 00 00 00',
      { topic: 't', payload: new ArrayBuffer(1) as unknown as string },
      { code: 'invalid-argument' },
    ],
    [
      'has a property of another packet',
      '20 03 00 00 00',
      { topic: 't', properties: { sessionExpiryInterval: 1 } as never },
      { code: 'invalid-argument' },
    ],
    [
      'has a tag that is too long',
      '20 03 00 00 00',
      { topic: 't', tag: 'x'.repeat(65_536) },
      { code: 'invalid-argument' },
    ],
  ];

  it.each(cases)('because it %s: fails at once, and sends nothing', async (_, connack, publication, error) => {
    const bench = new Bench();
    const { session } = bench;
    const { peer } = await bench.connect(connack);
    for (const failed of [() => session.tryPublish(publication), () => session.publish(publication)]) {
      expect(await errorOf(failed)).toMatchObject({ connectionLost: false, ...error });
    }
    await peer.expect();
    await bench.expectIdle();
  });

  it.each(cases)('because it %s: fails at once where others wait before it', async (_, connack, publication, error) => {
    const bench = new Bench();
    const { session, time } = bench;
    const { peer, link } = await bench.connect(connack, {}, { capacityBytes: 100 });
    // Nothing moves any more, and tx is full.
    link.toServer.stall();
    const filler = { topic: 't', payload: new Uint8Array(10) };
    for (let i = 0; i < 10; i++) session.tryPublish(filler);
    await time.settle();
    while (session.tryPublish(filler) !== null);
    const waiting = session.publish(filler);
    expect(await errorOf(session.publish(publication))).toMatchObject(error);
    expect(await isPending(time, waiting)).toBe(true);
    link.toServer.resume();
    await time.until(waiting);
    await time.settle();
    expect(new Set(peer.take())).toEqual(new Set([publish('t', new Uint8Array(10))]));
    await bench.expectIdle();
  });

  it('because of its size, may be as large as the limits: then it goes', async () => {
    const bench = new Bench({ tx: 1024 });
    const { session, time } = bench;
    const first = await bench.connect('20 08  00 00  05  27 00 00 00 14');
    expect(session.maxTxPacketSize).toBe(20);
    session.tryPublish({ topic: 't', payload: 'x'.repeat(14) });
    await first.peer.expect(`30 12  00 01 74  00 ${'78'.repeat(14)}`);
    await bench.cut(first);
    const second = await bench.connect();
    expect(session.maxTxPacketSize).toBe(768);
    session.tryPublish({ topic: 't', payload: 'x'.repeat(761) });
    await time.settle();
    expect(second.peer.take()).toEqual([publish('t', 'x'.repeat(761))]);
    expect(await errorOf(() => session.tryPublish({ topic: 't', payload: 'x'.repeat(762) }))).toMatchObject({
      code: 'buffer-too-small',
    });
    await bench.expectIdle();
  });
});

describe('downgradeQoS', () => {
  it('sends at the Maximum QoS what asks for more, and the op says so', async () => {
    const bench = new Bench({ downgradeQoS: true });
    const { session, time } = bench;
    const first = await bench.connect('20 05  00 00  02  24 01');
    const one = session.tryPublish({ topic: 't', payload: 'a', qos: 2 })!;
    expect([one.qos, one.packetId]).toEqual([1, 1]);
    await first.peer.expect(qos1(1, 'a'));
    first.peer.send('40 02 00 01');
    await time.until(one.completion());
    await bench.cut(first);
    const second = await bench.connect('20 05  00 00  02  24 00');
    const zero = session.tryPublish({ topic: 't', payload: 'a', qos: 2 })!;
    expect([zero.qos, zero.packetId]).toEqual([0, 0]);
    await second.peer.expect('30 05  00 01 74  00  61');
    await time.until(zero.completion());
    await bench.expectIdle();
  });
});

describe('what the session says of its publishes', () => {
  it('counts bytes as they are on the wire', async () => {
    const bench = new Bench({ tx: 128, txReserve: 28 });
    const { session, time } = bench;
    const { peer } = await bench.connect();
    expect(session.maxTxPacketSize).toBe(100);
    expect([session.canPublish(2, 100), session.canPublish(0, 101)]).toEqual([true, false]);
    const op = session.tryPublish({ topic: 't', payload: 'x'.repeat(42), qos: 2 })!;
    expect([session.canPublish(1, 50), session.canPublish(1, 51)]).toEqual([true, false]);
    expect([session.isPublishQuiescent, session.pending]).toEqual([false, [op]]);
    await time.settle();
    peer.send('50 02 00 01');
    await time.settle();
    // A PUBREC already frees the payload.
    expectEmptyTx(session);
    expect([session.isPublishQuiescent, session.pending]).toEqual([false, [op]]);
    peer.send('70 02 00 01');
    await time.settle();
    expect([session.isPublishQuiescent, session.pending]).toEqual([true, []]);
  });
});
