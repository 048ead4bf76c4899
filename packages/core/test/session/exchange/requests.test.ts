import { describe, expect, it } from 'vitest';
import type { Subscription } from '@minimq/core';
import { ANSWERS, Bench, errorOf, isPending, SESSION_PRESENT } from '../support.ts';

// SUBSCRIBE and UNSUBSCRIBE: sections 3.8 to 3.11.

describe.each(ANSWERS)('over a link that answers %s', (answers) => {
  it('subscribe() settles with the SUBACK: what each filter was granted, and what else it says', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const result = session.subscribe(
      [
        'a',
        { topicFilter: 'b/+', qos: 1 },
        { topicFilter: 'c/#', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
      ],
      { properties: { subscriptionIdentifier: 300, userProperties: [['k', 'v']] } },
    );
    await peer.expect(
      '82 1d  00 01  0a 0b ac 02 26 00 01 6b 00 01 76  00 01 61 00  00 03 62 2f 2b 01  00 03 63 2f 23 2e',
    );
    expect(await isPending(time, result)).toBe(true);
    peer.send('90 12  00 01  0c 1f 00 02 6f 6b 26 00 01 6b 00 01 76  00 01 01');
    expect(await time.until(result)).toEqual({
      reasonCodes: [0, 1, 1],
      reasonString: 'ok',
      userProperties: [['k', 'v']],
    });
    await bench.expectIdle();
  });

  it('unsubscribe() settles with the UNSUBACK', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const result = session.unsubscribe(['a', 'b/+']);
    await peer.expect('a2 0b  00 01  00  00 01 61  00 03 62 2f 2b');
    // No subscription existed: that is no failure.
    peer.send('b0 05  00 01  00  00 11');
    expect(await time.until(result)).toEqual({ reasonCodes: [0, 0x11], reasonString: undefined, userProperties: [] });
    await bench.expectIdle();
  });

  it.each([
    ['subscribe', '82 0b  00 01  00  00 01 61 00  00 01 62 00', '90'],
    ['unsubscribe', 'a2 09  00 01  00  00 01 61  00 01 62', 'b0'],
  ] as const)('a refusal of %s keeps the results of all filters', async (call, packet, answer) => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const failed = errorOf(session[call](['a', 'b']));
    await peer.expect(packet);
    peer.send(`${answer} 0a  00 01  05 1f 00 02 6e 6f  00 87`);
    expect(await time.until(failed)).toMatchObject({
      name: 'PeerError',
      code: 'refused',
      reasonCode: 0x87,
      reasonCodes: [0, 0x87],
      reasonString: 'no',
      connectionLost: false,
    });
    expect(session.state).toBe('connected');
    await bench.expectIdle();
  });

  it('several at once have identifiers of their own, and may be answered in any order', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const op = session.tryPublish({ topic: 't', qos: 1 })!;
    const a = session.subscribe(['a']);
    const b = session.subscribe([{ topicFilter: 'b', qos: 1 }]);
    const c = session.unsubscribe(['c']);
    await peer.expect(
      '32 06  00 01 74  00 01  00',
      '82 07  00 02  00  00 01 61 00',
      '82 07  00 03  00  00 01 62 01',
      'a2 06  00 04  00  00 01 63',
    );
    peer.send('b0 04 00 04 00 00', '90 04 00 03 00 01', '40 02 00 01', '90 04 00 02 00 00');
    expect((await time.until(Promise.all([a, b, c]))).map(({ reasonCodes }) => reasonCodes)).toEqual([[0], [1], [0]]);
    expect(op.state).toBe('complete');
    await bench.expectIdle();
  });

  it('waiting for room, they keep their order among themselves, and can be given up without a trace', async () => {
    const bench = new Bench({ tx: 128 }, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect();
    // 76 of the 96 bytes that are not reserved: the first request is too long for the rest, the others are not.
    const filler = session.tryPublish({ topic: 't', payload: 'x'.repeat(68), qos: 1 })!;
    const a = session.subscribe(['aaaaaaaaaaaaaaaa']);
    const abort = new AbortController();
    const aborted = errorOf(session.subscribe(['b'], { signal: abort.signal }));
    const late = errorOf(session.unsubscribe(['c'], { timeoutMs: 5 }));
    const d = session.unsubscribe(['d']);
    await time.settle();
    expect(peer.take()).toHaveLength(1);
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await aborted).toBe(reason);
    await time.advance(5);
    expect(await late).toMatchObject({ code: 'timeout' });
    peer.send('40 02 00 01');
    await peer.expect(`82 16  00 02  00  00 10 ${'61'.repeat(16)} 00`, 'a2 06  00 03  00  00 01 64');
    expect(filler.state).toBe('complete');
    peer.send('90 04 00 02 00 00', 'b0 04 00 03 00 00');
    await time.until(Promise.all([a, d]));
    await bench.expectIdle();
  });

  it('a wait that is given up leaves the request as it is: its answer is taken, and its room comes back', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const late = errorOf(session.subscribe(['a'], { timeoutMs: 5 }));
    await time.advance(5);
    expect(await late).toMatchObject({ code: 'timeout' });
    await peer.expect('82 07  00 01  00  00 01 61 00');
    peer.send('90 04 00 01 00 87');
    await bench.expectIdle();
  });

  it('without an answer over a loss: asked again as a new request, behind what is re-sent, in order, and before new ones', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const first = await bench.connect();
    const lost = [errorOf(session.subscribe(['a'])), errorOf(session.unsubscribe(['b']))];
    const op = session.tryPublish({ topic: 't', qos: 1 })!;
    await time.settle();
    const gone = await bench.cut(first);
    for (const each of lost) expect(await each).toBe(gone);
    expect(await errorOf(session.subscribe(['c']))).toBe(gone);

    const second = await bench.connect(SESSION_PRESENT);
    const fresh = session.subscribe(['c']);
    await time.settle();
    const packets = second.peer.take();
    expect(packets).toHaveLength(4);
    expect(packets[0]).toBe('3a 06 00 01 74 00 03 00');
    expect(packets.slice(1)).toEqual([
      '82 07 00 01 00 00 01 61 00',
      'a2 06 00 02 00 00 01 62',
      '82 07 00 04 00 00 01 63 00',
    ]);
    second.peer.send('90 04 00 01 00 00', 'b0 04 00 02 00 00', '90 04 00 04 00 00', '40 02 00 03');
    await time.until(fresh);
    await time.settle();
    expect(op.state).toBe('complete');
    await bench.expectIdle();
  });

  it('an answer for a request of another kind, or with another number of results, is 0x82', async () => {
    for (const answer of ['b0 04 00 01 00 00', '90 05 00 01 00 00 00', '90 03 00 01 00']) {
      const bench = new Bench({}, answers);
      const line = await bench.connect();
      const failed = errorOf(bench.session.subscribe(['a']));
      await line.peer.expect('82 07  00 01  00  00 01 61 00');
      line.peer.send(answer);
      await line.peer.expect('e0 01 82');
      expect(await failed).toMatchObject({ code: 'disconnected', by: 'protocol', reasonCode: 0x82 });
    }
  });
});

describe('a request that could never go fails at once, and sends nothing', () => {
  const long: Subscription = { topicFilter: 'x'.repeat(4000) };
  it.each([
    ['no filter', '20 03 00 00 00', [], undefined, 'invalid-argument'],
    ['an empty filter', '20 03 00 00 00', [''], undefined, 'invalid-argument'],
    ['a filter that is none', '20 03 00 00 00', ['a#'], undefined, 'invalid-argument'],
    ['a QoS that is none', '20 03 00 00 00', [{ topicFilter: 'a', qos: 3 as 2 }], undefined, 'invalid-argument'],
    [
      'No Local on a shared filter',
      '20 03 00 00 00',
      [{ topicFilter: '$share/g/a', noLocal: true }],
      undefined,
      'invalid-argument',
    ],
    ['identifier 0', '20 03 00 00 00', ['a'], { subscriptionIdentifier: 0 }, 'invalid-argument'],
    ['more than tx', '20 03 00 00 00', [long], undefined, 'buffer-too-small'],
    ['more than the broker takes', '20 08  00 00  05  27 00 00 00 08', ['a'], undefined, 'packet-too-large'],
    ['a wildcard where there are none', '20 05  00 00  02  28 00', ['a/#'], undefined, 'not-granted'],
    [
      'an identifier where there are none',
      '20 05  00 00  02  29 00',
      ['a'],
      { subscriptionIdentifier: 1 },
      'not-granted',
    ],
    ['a shared filter where there are none', '20 05  00 00  02  2a 00', ['$share/g/a'], undefined, 'not-granted'],
  ] as const)('%s', async (_, connack, filters, properties, code) => {
    const bench = new Bench();
    const { peer } = await bench.connect(connack);
    expect(await errorOf(bench.session.subscribe(filters, { properties }))).toMatchObject({
      code,
      connectionLost: false,
    });
    await peer.expect();
    await bench.expectIdle();
  });
});
