import { describe, expect, it } from 'vitest';
import { Client, CONNACK, SESSION_PRESENT } from './client.ts';

// Sections 3.3 and 4.3 from the receiving side: acknowledged when the application comes back for the next one.

describe('a received QoS 0 message', () => {
  it('[MQTT-3.3.4-1] is handed over, and not answered', () => {
    const client = new Client().connect();
    client.feed('30 08  00 03 61 2f 62  00  68 69');
    expect(client.engine.hasMessage).toBe(true);
    const message = client.receive();
    expect(message).toMatchObject({ topic: 'a/b', qos: 0, retain: false, dup: false, packetId: 0, payloadLength: 2 });
    expect(message.text()).toBe('hi');
    client.expectNoMessage();
    client.expectOutput();
  });

  it('may be empty', () => {
    const client = new Client().connect();
    client.feed('31 04  00 01 61 00');
    const message = client.receive();
    expect(message.payload).toHaveLength(0);
    expect(message.retain).toBe(true);
  });
});

describe('a received QoS 1 message', () => {
  it('[MQTT-4.3.2-4] [MQTT-2.2.1-5] is acknowledged when the application comes back for the next one', () => {
    const client = new Client().connect();
    client.feed('32 07  00 01 61  00 05  00  78');
    client.expectOutput();
    expect(client.receive()).toMatchObject({ qos: 1, packetId: 5 });
    client.expectOutput();
    client.engine.comeBack();
    expect(client.engine.hasOutput).toBe(true);
    client.expectOutput('40 02 00 05');
  });

  it('[MQTT-4.3.2-5] is new after its PUBACK, even with DUP 1', () => {
    const client = new Client().connect();
    client.feed('32 07  00 01 61  00 05  00  78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('40 02 00 05');
    client.feed('3a 07  00 01 61  00 05  00  78');
    expect(client.receive().dup).toBe(true);
    client.expectNoMessage();
    client.expectOutput('40 02 00 05');
  });

  it('is not acknowledged by a disconnect', () => {
    const client = new Client().connect();
    client.feed('32 07  00 01 61  00 05  00  78');
    client.receive();
    client.engine.disconnect(0);
    client.expectOutput('e0 00');
    client.engine.comeBack();
    client.expectOutput();
  });

  it('is acknowledged as often as it comes: each new connection brings it anew', () => {
    const client = new Client().connect();
    client.feed('32 07  00 01 61  00 05  00  78');
    client.receive();
    client.cut();
    client.expectNoMessage();
    client.connect(SESSION_PRESENT);
    client.expectOutput();
    client.feed('3a 07  00 01 61  00 05  00  78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('40 02 00 05');
  });
});

describe('a received QoS 2 message', () => {
  it('[MQTT-4.3.3-8] [MQTT-4.3.3-11] passes PUBREC, PUBREL and PUBCOMP', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78');
    client.expectOutput();
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('50 02 00 09');
    client.feed('62 02 00 09');
    client.expectOutput('70 02 00 09');
  });

  it('takes PUBREL in its longer forms', () => {
    const client = new Client().connect();
    for (const pubrel of ['62 03 00 09 00', '62 04 00 09 00 00', '62 08 00 09 92 04 1f 00 01 72']) {
      client.feed('34 07  00 01 61  00 09  00  78');
      expect(client.texts()).toEqual(['x']);
      client.expectOutput('50 02 00 09');
      client.feed(pubrel);
      client.expectOutput('70 02 00 09');
    }
  });

  it('[MQTT-4.3.3-12] is new after its PUBCOMP', () => {
    const client = new Client().connect();
    for (let i = 0; i < 3; i++) {
      client.feed('34 07  00 01 61  00 09  00  78');
      expect(client.texts()).toEqual(['x']);
      client.expectOutput('50 02 00 09');
      client.feed('62 02 00 09');
      client.expectOutput('70 02 00 09');
    }
  });

  it('[MQTT-4.3.3-10] is answered and not handed over again until PUBREL, in one connection', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('50 02 00 09');
    client.feed('3c 07  00 01 61  00 09  00  78   34 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual([]);
    client.expectOutput('50 02 00 09', '50 02 00 09');
    client.feed('62 02 00 09');
    client.expectOutput('70 02 00 09');
  });

  it('that is repeated before the application came back is answered once', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78   3c 07  00 01 61  00 09  00  78');
    client.expectOutput();
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('50 02 00 09');
  });

  it('[MQTT-3.7.2-1] PUBREL for an unknown identifier is answered with 0x92', () => {
    const client = new Client().connect();
    client.feed('62 02 00 09');
    client.expectOutput('70 03 00 09 92');
    expect(client.engine.state).toBe('connected');
    client.feed('34 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('50 02 00 09');
    client.feed('62 02 00 09  62 02 00 09');
    client.expectOutput('70 02 00 09', '70 03 00 09 92');
  });

  it('is known by its identifier alone, apart from those of ours', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('34 07  00 01 61  00 01  00  78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('50 02 00 01');
    client.feed('50 02 00 01  62 02 00 01  70 02 00 01');
    client.expectOutput('70 02 00 01', '62 02 00 01');
  });
});

describe('what counts as received of QoS 2', () => {
  it('[MQTT-4.3.3-10] is what was acknowledged: a repeat on the next connection is answered alone', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('50 02 00 09');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput();
    client.feed('3c 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual([]);
    client.expectOutput('50 02 00 09');
    client.feed('62 02 00 09');
    client.expectOutput('70 02 00 09');
    client.feed('34 07  00 01 61  00 09  00  79');
    expect(client.texts()).toEqual(['y']);
  });

  it('is what was handed over, even if the application has not come back', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78');
    client.receive();
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('3c 07  00 01 61  00 09  00  78');
    client.expectOutput('50 02 00 09');
    expect(client.texts()).toEqual([]);
    client.expectOutput();
  });

  it('is what was handed over after the loss', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78   34 07  00 01 61  00 0a  00  79');
    client.cut();
    expect(client.receive().text()).toBe('x');
    client.connect(SESSION_PRESENT);
    client.feed('3c 07  00 01 61  00 09  00  78   3c 07  00 01 61  00 0a  00  79');
    expect(client.texts()).toEqual(['y']);
    client.expectOutput('50 02 00 09', '50 02 00 0a');
  });

  it('is not what nobody has seen: that comes again', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectNoMessage();
    client.feed('3c 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('50 02 00 09');
  });

  it('is nothing once the broker’s session is gone', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual(['x']);
    client.cut();
    client.connect(CONNACK);
    client.feed('34 07  00 01 61  00 09  00  79');
    expect(client.texts()).toEqual(['y']);
  });

  it('is nothing where the session ends with its connection', () => {
    const client = new Client({ sessionExpiryInterval: 0, adoptSession: true }).connect();
    client.feed('34 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual(['x']);
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('3c 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual(['x']);
  });

  it('ends with PUBREL on a later connection: the PUBREC had left, for all the broker knows', () => {
    const client = new Client().connect();
    client.feed('34 07  00 01 61  00 09  00  78');
    expect(client.texts()).toEqual(['x']);
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('62 02 00 09');
    client.expectOutput('70 02 00 09');
    client.feed('62 02 00 09');
    client.expectOutput('70 03 00 09 92');
  });
});

describe('acknowledgements', () => {
  it('[MQTT-4.6.0-2] [MQTT-4.6.0-3] leave in the order the PUBLISHes came in', () => {
    const client = new Client().connect();
    client.feed(
      [
        '32 06 00 01 61 00 03 00',
        '34 06 00 01 61 00 03 00',
        '32 06 00 01 61 00 01 00',
        '34 06 00 01 61 00 01 00',
        '32 06 00 01 61 00 02 00',
        '34 06 00 01 61 00 02 00',
      ].join(' '),
    );
    expect(client.texts()).toHaveLength(6);
    client.expectOutput('40 02 00 03', '40 02 00 01', '40 02 00 02', '50 02 00 03', '50 02 00 01', '50 02 00 02');
  });

  it('of one moment leave in one write', () => {
    const client = new Client().connect();
    client.feed('32 06 00 01 61 00 03 00  32 06 00 01 61 00 04 00  62 02 00 05');
    client.texts();
    expect(client.write()).toBe('70 03 00 05 92 40 02 00 03 40 02 00 04');
  });

  it('[MQTT-4.4.0-1] owed to the broker are gone with the connection', () => {
    const client = new Client().connect();
    client.feed('32 06 00 01 61 00 01 00  34 06 00 01 61 00 02 00  62 02 00 03');
    client.texts();
    expect(client.engine.hasOutput).toBe(true);
    client.cut();
    expect(client.engine.hasOutput).toBe(false);
    client.connect(SESSION_PRESENT);
    client.expectOutput();
  });

  it('half written are not written on', () => {
    const client = new Client().connect();
    client.feed('32 06 00 01 61 00 01 00');
    client.texts();
    expect(client.write(3)).toBe('40 02 00');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput();
  });
});

describe('a received message', () => {
  it('has all its properties, as publish() takes them', () => {
    const client = new Client().connect();
    client.feed(
      [
        '33 34  00 01 61  00 01',
        '2c  01 01  02 00 00 01 02  03 00 01 74  08 00 01 72  09 00 02 01 02',
        '0b 05  0b 80 01  0b ff ff ff 7f  26 00 01 6b 00 01 76  26 00 01 6b 00 01 77',
        'c3 a9',
      ].join(' '),
    );
    const message = client.receive();
    expect(message.text()).toBe('é');
    expect(message.subscriptionIdentifiers).toEqual([5, 128, 268_435_455]);
    expect(message.properties).toEqual({
      payloadFormatIndicator: 1,
      messageExpiryInterval: 258,
      contentType: 't',
      responseTopic: 'r',
      correlationData: new Uint8Array([1, 2]),
      userProperties: [
        ['k', 'v'],
        ['k', 'w'],
      ],
    });
    const { topic, payload, properties, retain } = message;
    // [MQTT-3.3.1-3] [MQTT-3.3.4-6]: published on, it has neither DUP nor subscription identifiers.
    client.publish({ topic, payload, properties, retain, qos: 1 });
    client.expectOutput(
      '33 2a  00 01 61  00 01',
      '22  01 01  02 00 00 01 02  03 00 01 74  08 00 01 72  09 00 02 01 02  26 00 01 6b 00 01 76  26 00 01 6b 00 01 77',
      'c3 a9',
    );
  });

  it('is answered through its response topic', () => {
    const client = new Client().connect();
    client.feed('30 0d  00 01 61  09  08 00 01 72  09 00 02 01 02   30 04 00 01 61 00');
    const message = client.receive();
    const target = message.responseTarget();
    expect(target).toEqual({ topic: 'r', correlationData: new Uint8Array([1, 2]) });
    client.publish(message.reply('ok', { properties: { contentType: 't' } }));
    client.expectOutput('30 0f  00 01 72  09  09 00 02 01 02  03 00 01 74  6f 6b');
    const silent = client.receive();
    expect(silent.responseTarget()).toBeUndefined();
    expect(() => silent.reply('ok')).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(target?.correlationData).toEqual(new Uint8Array([1, 2]));
  });

  it('[MQTT-1.5.4-3] keeps U+FEFF wherever it stands', () => {
    const client = new Client().connect();
    client.feed('30 0b  00 04 ef bb bf 61  00  ef bb bf 62');
    const message = client.receive();
    expect(message.topic).toBe('\ufeffa');
    expect(message.text()).toBe('\ufeffb');
  });

  it('may carry text that is none: it is shown with U+FFFD', () => {
    const client = new Client().connect();
    client.feed('30 08  00 01 61  02 01 01  c3 28');
    expect(client.receive().text()).toBe('\ufffd(');
  });

  it('[MQTT-4.5.0-2] with an identifier of no subscription, or on a topic of none, is handed over and acknowledged', () => {
    const client = new Client().connect();
    client.feed('32 09  00 01 7a  00 01  02 0b 07  78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('40 02 00 01');
  });

  it('may have discouraged characters', () => {
    const client = new Client().connect();
    client.feed('30 0b  00 08 01 7f c2 80 ef bf bf 61  00');
    expect(client.receive().topic).toBe('\u0001\u007f\u0080\uffffa');
  });

  it('[MQTT-4.2.0-1] may arrive a byte at a time, among others', () => {
    const client = new Client().connect();
    client.feed('30 05 00 01 61 00 78  d0 00  32 07 00 01 61 00 01 00 79  62 02 00 02  34 07 00 01 61 00 03 00 7a', 1);
    expect(client.texts()).toEqual(['x', 'y', 'z']);
    client.expectOutput('70 03 00 02 92', '40 02 00 01', '50 02 00 03');
  });
});

describe('the broker’s use of our Receive Maximum', () => {
  it('[MQTT-3.3.4-9] above it is refused with 0x93', () => {
    const client = new Client({ receiveMaximum: 2 }).connect();
    client.feed('32 06 00 01 61 00 01 00  34 06 00 01 61 00 02 00  30 04 00 01 61 00');
    expect(client.engine.state).toBe('connected');
    client.feed('32 06 00 01 61 00 03 00');
    client.expectRejected(0x93, /Receive Maximum of 2/);
  });

  it('ends with PUBACK, PUBCOMP or a PUBREC of 0x80 or above, and not with PUBREC', () => {
    const client = new Client({ receiveMaximum: 2 }).connect();
    client.feed('32 06 00 01 61 00 01 00  34 06 00 01 61 00 02 00');
    client.texts();
    client.expectOutput('40 02 00 01', '50 02 00 02');
    client.feed('34 06 00 01 61 00 03 00');
    client.receive().ack(0x97);
    client.expectOutput('50 03 00 03 97');
    client.feed('32 06 00 01 61 00 04 00');
    client.texts();
    client.expectOutput('40 02 00 04');
    client.feed('62 02 00 02');
    client.expectOutput('70 02 00 02');
    client.feed('34 06 00 01 61 00 05 00  32 06 00 01 61 00 06 00');
    client.texts();
    client.expectOutput('40 02 00 06', '50 02 00 05');
    client.feed('34 06 00 01 61 00 07 00');
    expect(client.engine.state).toBe('connected');
    client.feed('34 06 00 01 61 00 08 00');
    client.expectRejected(0x93);
  });

  it('does not count a repeat twice', () => {
    const client = new Client({ receiveMaximum: 1 }).connect();
    client.feed('34 06 00 01 61 00 01 00  3c 06 00 01 61 00 01 00');
    client.texts();
    client.feed('3c 06 00 01 61 00 01 00');
    expect(client.engine.state).toBe('connected');
    client.expectOutput('50 02 00 01', '50 02 00 01');
  });

  it('counts what an earlier connection left, once it is repeated', () => {
    const client = new Client({ receiveMaximum: 1, inboundQoS2Max: 10 }).connect();
    client.feed('34 06 00 01 61 00 01 00');
    client.texts();
    client.output();
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('3c 06 00 01 61 00 01 00');
    client.expectOutput('50 02 00 01');
    client.feed('34 06 00 01 61 00 02 00');
    client.expectRejected(0x93);
  });

  it('is that of the present connection', () => {
    const client = new Client({ receiveMaximum: 1 }).connect();
    client.feed('32 06 00 01 61 00 01 00');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('32 06 00 01 61 00 01 00');
    expect(client.engine.state).toBe('connected');
  });
});

it('more QoS 2 messages that wait for PUBREL than there is capacity for are refused with 0x97', () => {
  const client = new Client({ inboundQoS2Max: 1 }).connect();
  client.feed('34 06 00 01 61 00 01 00');
  client.texts();
  client.output();
  client.cut();
  client.connect(SESSION_PRESENT);
  // The first still waits for its PUBREL; a Receive Maximum of 0 cannot be said.
  client.feed('34 06 00 01 61 00 02 00');
  client.expectRejected(0x97, /QoS 2/);
});

it('an answer that the application makes is work for whoever writes', () => {
  const client = new Client().connect();
  client.feed('32 06 00 01 61 00 01 00  30 04 00 01 61 00');
  client.receive();
  expect(client.workCount).toBe(0);
  client.receive();
  expect(client.workCount).toBe(1);
  client.engine.comeBack();
  expect(client.workCount).toBe(1);
});
