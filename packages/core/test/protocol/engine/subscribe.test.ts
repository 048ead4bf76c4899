import { describe, expect, it } from 'vitest';
import { Client, CONNACK, errorOf, SESSION_PRESENT } from './client.ts';

// Sections 3.8 to 3.11.

describe('SUBSCRIBE', () => {
  it('[MQTT-3.8.1-1] [MQTT-3.8.3-2] asks for every filter, with all its options', () => {
    const client = new Client().connect();
    client.engine.subscribe(
      [
        { topicFilter: 'a' },
        { topicFilter: '+/b/#', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
        { topicFilter: '$share/g//t', qos: 1, retainHandling: 1 },
      ],
      { subscriptionIdentifier: 128, userProperties: [['k', 'v']] },
    );
    client.expectOutput(
      '82 27  00 01  0a  0b 80 01 26 00 01 6b 00 01 76',
      '00 01 61 00',
      '00 05 2b 2f 62 2f 23 2e',
      '00 0b 24 73 68 61 72 65 2f 67 2f 2f 74 11',
    );
  });

  it('is complete with SUBACK, and says what was granted', () => {
    const client = new Client().connect();
    const request = client.subscribe('a', 'b', 'c');
    client.output();
    expect(request).toMatchObject({ type: 'subscribe', state: 'pending', packetId: 1 });
    client.feed('90 11  00 01  0b  1f 00 01 72  26 00 01 6b 00 01 76  00 01 02');
    expect(request).toMatchObject({
      state: 'complete',
      answer: { reasonCodes: [0, 1, 2], reasonString: 'r', userProperties: [['k', 'v']] },
      error: null,
    });
    expect(client.happened()).toEqual([request]);
    // [MQTT-2.2.1-3]: its identifier is free.
    client.feed('90 04 00 01 00 00');
    client.expectOutput();
  });

  it('[MQTT-3.9.3-1] is refused by one code of 0x80 or above, and every filter has its result', () => {
    const client = new Client().connect();
    const request = client.subscribe('a', 'b', 'c');
    client.output();
    client.feed('90 06  00 01  00  01 87 02');
    expect(request).toMatchObject({
      state: 'refused',
      answer: { reasonCodes: [1, 0x87, 2] },
      error: { name: 'PeerError', code: 'refused', reasonCode: 0x87, reasonCodes: [1, 0x87, 2], connectionLost: false },
    });
    expect(client.engine.state).toBe('connected');
  });

  it('has no DUP, and is not repeated in a live connection', () => {
    const client = new Client({ keepAlive: 10 }).connect();
    client.subscribe('a');
    client.expectOutput('82 07 00 01 00 00 01 61 00');
    client.nowMs = 9000;
    client.engine.tick(9000);
    client.expectOutput('c0 00');
  });

  it('may be answered before the write that carries it has settled, and not before it is handed over', () => {
    const client = new Client().connect();
    const request = client.subscribe('a');
    client.feed('90 04 00 01 00 00');
    client.write(8);
    client.feed('90 04 00 01 00 00');
    expect(request.state).toBe('pending');
    expect(client.lend()).toBe('00');
    client.feed('90 04 00 01 00 00');
    expect(request.state).toBe('complete');
    client.sent(1);
    client.expectOutput();
    expect(client.engine.canPublish(0, 4032)).toBe(true);
  });

  it('[MQTT-3.8.4-2] many may wait at once, and be answered in any order', () => {
    const client = new Client().connect();
    const requests = ['a', 'b', 'c'].map((filter) => client.subscribe(filter));
    const unsubscribe = client.unsubscribe('d');
    client.output();
    client.feed('90 04 00 03 00 02   b0 04 00 04 00 11   90 04 00 01 00 00   90 04 00 02 00 01');
    expect(requests.map(({ answer }) => answer?.reasonCodes)).toEqual([[0], [1], [2]]);
    expect(unsubscribe.answer?.reasonCodes).toEqual([0x11]);
  });

  const wrong: readonly [filter: unknown, why: string][] = [
    [{ topicFilter: '' }, 'no filter'],
    [{ topicFilter: 'a#' }, '# is not alone'],
    [{ topicFilter: 'a/#/b' }, '# is not last'],
    [{ topicFilter: 'a+' }, '+ is not alone'],
    [{ topicFilter: 'a\0' }, 'U+0000'],
    [{ topicFilter: '\ud800' }, 'a lone surrogate'],
    [{ topicFilter: '$share/g' }, 'a share without a filter'],
    [{ topicFilter: '$share/g/' }, 'a share of an empty filter'],
    [{ topicFilter: '$share//t' }, 'a share without a name'],
    [{ topicFilter: '$share/g+/t' }, 'a share name with a wildcard'],
    [{ topicFilter: '$share/g/t', noLocal: true }, 'a share with No Local'],
    [{ topicFilter: 'a', qos: 3 }, 'QoS 3'],
    [{ topicFilter: 'a', retainHandling: 3 }, 'retain handling 3'],
    [{ topicFilter: 'é'.repeat(32_768) }, '65,536 bytes'],
  ];
  it.each(wrong)('[MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.8.2-1] of %j is refused: %s', (subscription) => {
    const client = new Client({ tx: 200_000 }).connect();
    const subscriptions = [{ topicFilter: 'a' }, subscription] as never;
    expect(errorOf(() => client.engine.subscribe(subscriptions, undefined))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-argument',
    });
    client.expectOutput();
  });

  it('[MQTT-3.8.3-2] without a filter is refused', () => {
    const client = new Client().connect();
    expect(errorOf(() => client.subscribe())).toMatchObject({ code: 'invalid-argument' });
    expect(errorOf(() => client.engine.subscribe([{ topicFilter: 'a' }], { subscriptionIdentifier: 0 }))).toMatchObject(
      {
        code: 'invalid-argument',
      },
    );
    client.expectOutput();
  });
});

describe('UNSUBSCRIBE', () => {
  it('[MQTT-3.10.1-1] names every filter', () => {
    const client = new Client().connect();
    const request = client.engine.unsubscribe(['a', '+/b'], { userProperties: [['k', '']] });
    client.expectOutput('a2 11  00 01  06  26 00 01 6b 00 00  00 01 61  00 03 2b 2f 62');
    client.feed('b0 05  00 01  00  00 11');
    expect(request).toMatchObject({ type: 'unsubscribe', state: 'complete', answer: { reasonCodes: [0, 0x11] } });
  });

  it('is refused by a code of 0x80 or above', () => {
    const client = new Client().connect();
    const request = client.unsubscribe('a', 'b');
    client.output();
    client.feed('b0 05  00 01  00  00 87');
    expect(request).toMatchObject({
      state: 'refused',
      error: { code: 'refused', reasonCode: 0x87, reasonCodes: [0, 0x87] },
    });
  });

  it('[MQTT-3.10.3-2] without a filter, or with a wrong one, is refused', () => {
    const client = new Client().connect();
    expect(errorOf(() => client.unsubscribe())).toMatchObject({ code: 'invalid-argument' });
    expect(errorOf(() => client.unsubscribe('a', ''))).toMatchObject({ code: 'invalid-argument' });
    client.expectOutput();
  });
});

describe('an answer that is wrong', () => {
  const answers: readonly [name: string, answer: string][] = [
    ['SUBACK with a code too few', '90 04 00 01 00 00'],
    ['SUBACK with a code too many', '90 06 00 01 00 00 00 00'],
    ['UNSUBACK for a SUBSCRIBE', 'b0 05 00 01 00 00 00'],
    ['PUBACK for a SUBSCRIBE', '40 02 00 01'],
    ['PUBREC for a SUBSCRIBE', '50 02 00 01'],
    ['PUBCOMP for a SUBSCRIBE', '70 02 00 01'],
    ['SUBACK for an UNSUBSCRIBE', '90 04 00 02 00 00'],
    ['UNSUBACK with a code too many', 'b0 05 00 02 00 00 00'],
    ['SUBACK for a publish', '90 04 00 03 00 00'],
    ['UNSUBACK for a publish', 'b0 04 00 03 00 00'],
  ];
  it.each(answers)('%s is refused with 0x82', (_name, answer) => {
    const client = new Client().connect();
    client.subscribe('a', 'b');
    client.unsubscribe('a');
    client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.feed(answer);
    client.expectRejected(0x82);
  });
});

describe('a request without answer at the loss', () => {
  it('is asked again as a new request, in order', () => {
    const client = new Client().connect();
    const requests = [client.subscribe('a'), client.unsubscribe('b'), client.subscribe('c')];
    client.output();
    client.feed('b0 04 00 02 00 00');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput('82 07 00 01 00 00 01 61 00', '82 07 00 03 00 00 01 63 00');
    client.feed('90 04 00 03 00 00  90 04 00 01 00 01');
    expect(requests.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete']);
    expect(requests[0]!.answer?.reasonCodes).toEqual([1]);
  });

  it('is asked again on every connection, until it is answered', () => {
    const client = new Client().connect();
    const request = client.subscribe('a');
    for (let i = 0; i < 3; i++) {
      client.expectOutput('82 07 00 01 00 00 01 61 00');
      client.cut();
      client.connect(SESSION_PRESENT);
    }
    expect(request.state).toBe('pending');
  });

  it('is invalidated where the broker’s session is gone', () => {
    const client = new Client().connect();
    const [asked, never] = [client.subscribe('a'), client.unsubscribe('b')];
    client.write(9);
    client.cut();
    expect(asked.state).toBe('pending');
    client.connect(CONNACK);
    for (const request of [asked, never]) {
      expect(request).toMatchObject({ state: 'invalidated', error: { name: 'InvalidatedError', code: 'invalidated' } });
    }
    client.expectOutput();
    expect(client.subscribe('b').packetId).toBe(3);
  });

  it('is invalidated at once where the session ends with its connection', () => {
    const client = new Client({ sessionExpiryInterval: 0 }).connect();
    const request = client.subscribe('a');
    client.cut();
    expect(request.state).toBe('invalidated');
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  const ruledOut: readonly [name: string, filter: string, connack: string, code: string][] = [
    ['wildcards', 'a/#', '20 05  01 00  02  28 00', 'not-granted'],
    ['shares', '$share/g/a', '20 05  01 00  02  2a 00', 'not-granted'],
    ['identifiers', 'i', '20 05  01 00  02  29 00', 'not-granted'],
    ['packets of that size', 'long/long/long', '20 08  01 00  05  27 00 00 00 10', 'packet-too-large'],
  ];
  it.each(ruledOut)('is invalidated where the broker no longer takes %s', (_name, topicFilter, connack, code) => {
    const client = new Client().connect();
    const properties = topicFilter === 'i' ? { subscriptionIdentifier: 1 } : undefined;
    const request = client.engine.subscribe([{ topicFilter }], properties);
    const other = client.subscribe('b');
    client.output();
    client.cut();
    client.connect(connack);
    expect(request).toMatchObject({ state: 'invalidated', error: { name: 'InvalidatedError', cause: { code } } });
    expect(other.state).toBe('pending');
    client.expectOutput('82 07 00 02 00 00 01 62 00');
  });
});

describe('what CONNACK rules out', () => {
  const ruledOut: readonly [name: string, connack: string, subscription: object, properties?: object][] = [
    ['wildcards', '20 05  00 00  02  28 00', { topicFilter: 'a/+' }],
    ['wildcards, #', '20 05  00 00  02  28 00', { topicFilter: '#' }],
    ['shares', '20 05  00 00  02  2a 00', { topicFilter: '$share/g/a' }],
    ['identifiers', '20 05  00 00  02  29 00', { topicFilter: 'a' }, { subscriptionIdentifier: 1 }],
  ];
  it.each(ruledOut)('%s: is refused here, and the connection lives', (_name, connack, subscription, properties) => {
    const client = new Client().connect(connack);
    expect(errorOf(() => client.engine.subscribe([subscription as never], properties))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'not-granted',
    });
    client.expectOutput();
    client.subscribe('a');
    client.expectOutput('82 07 00 01 00 00 01 61 00');
  });

  it('an UNSUBSCRIBE may name it', () => {
    const client = new Client().connect('20 07  00 00  04  28 00 2a 00');
    client.unsubscribe('#', '$share/g/a');
    client.expectOutput('a2 12  00 01  00  00 01 23  00 0a 24 73 68 61 72 65 2f 67 2f 61');
  });

  it('the Maximum QoS is for publishes: a subscription may ask for more', () => {
    const client = new Client().connect('20 05  00 00  02  24 00');
    client.engine.subscribe([{ topicFilter: 'a', qos: 2 }], undefined);
    client.expectOutput('82 07 00 01 00 00 01 61 02');
  });
});

describe('where there is no room', () => {
  it('a request waits, and changes nothing', () => {
    const client = new Client({ tx: 128, txReserve: 32 }).connect();
    client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(85) });
    expect(client.engine.subscribe([{ topicFilter: 'a' }], undefined)).toBeNull();
    expect(client.engine.unsubscribe(['a'], undefined)).toBeNull();
    client.output();
    client.feed('40 02 00 01');
    expect(client.subscribe('a').packetId).toBe(2);
  });

  it('for ever, it is a ResourceError', () => {
    const client = new Client({ tx: 128, txReserve: 32 }).connect();
    expect(errorOf(() => client.subscribe('x'.repeat(90)))).toMatchObject({
      name: 'ResourceError',
      code: 'buffer-too-small',
    });
    expect(errorOf(() => client.unsubscribe('x'.repeat(90)))).toMatchObject({ code: 'buffer-too-small' });
    client.expectOutput();
  });
});
