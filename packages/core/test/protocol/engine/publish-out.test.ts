import { describe, expect, it } from 'vitest';
import { Client, CONNACK, errorOf, u16 } from './client.ts';

// Sections 3.3 to 3.7 and 4.3: publishes of ours.

describe('a QoS 0 publish', () => {
  it('[MQTT-4.3.1-1] [MQTT-2.2.1-2] is one PUBLISH with DUP 0 and no identifier', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a/b', payload: 'hi' });
    expect(operation.state).toBe('pending');
    client.expectOutput('30 08  00 03 61 2f 62  00  68 69');
    expect(client.happened()).toEqual([operation]);
    expect(operation).toMatchObject({ state: 'complete', packetId: 0, qos: 0, result: { reasonCode: 0 } });
    client.cut();
    client.connect('20 03 01 00 00');
    client.expectOutput();
  });

  it('is complete when its last byte was taken', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a' });
    for (let i = 0; i < 5; i++) {
      client.write(1);
      expect(operation.state).toBe('pending');
    }
    client.write(1);
    expect(operation.state).toBe('complete');
  });

  it('[MQTT-3.3.1-2] may be retained, with DUP 0', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', retain: true, payload: new Uint8Array([0, 255]) });
    client.expectOutput('31 06  00 01 61  00  00 ff');
  });

  it('gives its bytes back when it has left', () => {
    const client = new Client({ tx: 128, txReserve: 32 }).connect();
    for (let i = 0; i < 1000; i++) {
      const operation = client.publish({ topic: 'a', payload: new Uint8Array(80) });
      client.output();
      expect(operation.state).toBe('complete');
    }
  });
});

describe('a QoS 1 publish', () => {
  it('[MQTT-4.3.2-1] [MQTT-4.3.2-2] goes out with DUP 0 and a new identifier', () => {
    const client = new Client().connect();
    const operations = [1, 2, 3].map(() => client.publish({ topic: 'a', qos: 1 }));
    client.expectOutput('32 06 00 01 61 00 01 00', '32 06 00 01 61 00 02 00', '32 06 00 01 61 00 03 00');
    expect(operations.map(({ packetId }) => packetId)).toEqual([1, 2, 3]);
    expect(client.engine.pending).toEqual(operations);
  });

  it('[MQTT-4.3.2-3] is open until its PUBACK arrives', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.feed('40 02 00 02');
    expect(operation.state).toBe('pending');
    client.feed('40 02 00 01');
    expect(operation).toMatchObject({ state: 'complete', result: { reasonCode: 0, userProperties: [] }, error: null });
    expect(client.happened()).toEqual([operation]);
    expect(client.engine.pending).toEqual([]);
  });

  it('is complete with what PUBACK says', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.feed('40 0f  00 01 10  0b  1f 00 01 72  26 00 01 6b 00 01 76');
    expect(operation).toMatchObject({
      state: 'complete',
      result: { reasonCode: 0x10, reasonString: 'r', userProperties: [['k', 'v']] },
    });
  });

  it('takes PUBACK with a code and without properties', () => {
    const client = new Client().connect();
    const [first, second] = [client.publish({ topic: 'a', qos: 1 }), client.publish({ topic: 'a', qos: 1 })];
    client.output();
    client.feed('40 03 00 01 10   40 04 00 02 00 00');
    expect(first).toMatchObject({ state: 'complete', result: { reasonCode: 0x10 } });
    expect(second).toMatchObject({ state: 'complete', result: { reasonCode: 0 } });
  });

  it('[MQTT-4.4.0-2] is refused by a PUBACK of 0x80 or above, and not sent again', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.feed('40 09  00 01 97  05  1f 00 02 6e 6f');
    expect(operation).toMatchObject({
      state: 'refused',
      result: null,
      error: { name: 'PeerError', code: 'refused', reasonCode: 0x97, reasonString: 'no', connectionLost: false },
    });
    expect(client.engine.state).toBe('connected');
    client.cut();
    client.connect('20 03 01 00 00');
    client.expectOutput();
  });

  it('is not answered by a PUBACK that came before it was sent whole', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.feed('40 02 00 01');
    expect(operation.state).toBe('pending');
    client.write(7);
    client.feed('40 02 00 01');
    expect(operation.state).toBe('pending');
    client.write(1);
    client.feed('40 02 00 01');
    expect(operation.state).toBe('complete');
  });

  it('may be answered before the write that carries it has settled', () => {
    const client = new Client({ tx: 128, txReserve: 32 }).connect();
    const operation = client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(80) });
    expect(client.lend()).toMatch(/^32 56 /);
    client.feed('40 02 00 01');
    expect(operation.state).toBe('complete');
    // Its bytes are still with the transport.
    expect(client.tryPublish({ topic: 'a', payload: new Uint8Array(80) })).toBeNull();
    client.sent(88);
    expect(client.tryPublish({ topic: 'a', payload: new Uint8Array(80) })).not.toBeNull();
  });
});

describe('a QoS 2 publish', () => {
  it('[MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT-4.3.3-4] [MQTT-4.3.3-5] passes PUBREC, PUBREL and PUBCOMP', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 2, payload: 'x' });
    client.expectOutput('34 07 00 01 61 00 01 00 78');
    expect(operation).toMatchObject({ state: 'pending', stage: 'publish' });
    client.feed('50 02 00 01');
    expect(operation).toMatchObject({ state: 'pending', stage: 'release' });
    client.expectOutput('62 02 00 01');
    expect(client.engine.pending).toEqual([operation]);
    client.feed('70 02 00 01');
    expect(operation).toMatchObject({ state: 'complete', result: { reasonCode: 0 } });
    expect(client.engine.pending).toEqual([]);
    client.expectOutput();
  });

  it.each([
    ['00', '50 03 00 01 00'],
    ['00 with properties', '50 08 00 01 00 04 1f 00 01 72'],
    ['10', '50 03 00 01 10'],
  ])('[MQTT-4.3.3-4] goes on after a PUBREC of 0x%s', (_code, pubrec) => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed(pubrec);
    client.expectOutput('62 02 00 01');
  });

  it.each(['80', '83', '87', '90', '91', '97', '99'])(
    'is refused by a PUBREC of 0x%s: no PUBREL, identifier free',
    (code) => {
      const client = new Client().connect();
      const operation = client.publish({ topic: 'a', qos: 2 });
      client.output();
      client.feed(`50 03 00 01 ${code}`);
      client.expectOutput();
      expect(operation).toMatchObject({
        state: 'refused',
        error: { name: 'PeerError', code: 'refused', reasonCode: Number.parseInt(code, 16) },
      });
      client.cut();
      client.connect('20 03 01 00 00');
      client.expectOutput();
    },
  );

  it('[MQTT-3.5.2-1] tells what its PUBREC said, where its PUBCOMP says nothing more', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 2 });
    client.output();
    // No matching subscribers, Reason String "x".
    client.feed('50 08 00 01 10 04 1f 00 01 78');
    client.expectOutput('62 02 00 01');
    client.feed('70 02 00 01');
    expect(operation).toMatchObject({ state: 'complete', result: { reasonCode: 0x10, reasonString: 'x' } });
  });

  it('is complete where the broker has forgotten it by PUBCOMP', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 02 00 01');
    client.output();
    client.feed('70 03 00 01 92');
    expect(operation).toMatchObject({ state: 'complete', result: { reasonCode: 0x92 } });
  });

  it('gives its bytes back at PUBREC', () => {
    const client = new Client({ tx: 128, txReserve: 32 }).connect();
    client.publish({ topic: 'a', qos: 2, payload: new Uint8Array(80) });
    client.output();
    expect(client.engine.canPublish(0, 80)).toBe(false);
    client.feed('50 02 00 01');
    expect(client.engine.canPublish(0, 80)).toBe(true);
  });

  it('[MQTT-4.6.0-4] PUBRELs leave in the order the PUBRECs came in', () => {
    const client = new Client().connect();
    for (let i = 0; i < 3; i++) client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 02 00 03  50 02 00 01');
    client.feed('50 02 00 02');
    client.expectOutput('62 02 00 03', '62 02 00 01', '62 02 00 02');
    client.feed('70 02 00 01  70 02 00 03  70 02 00 02');
    expect(client.engine.pending).toEqual([]);
  });

  it('[MQTT-4.6.0-4] a PUBREC for an unknown identifier does not overtake', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 02 00 01  50 02 00 63');
    client.expectOutput('62 02 00 01', '62 03 00 63 92');
  });

  it('answers a PUBREC that comes again with PUBREL again', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 02 00 01');
    client.expectOutput('62 02 00 01');
    client.feed('50 02 00 01');
    client.expectOutput('62 02 00 01');
    client.feed('70 02 00 01');
    expect(operation.state).toBe('complete');
  });

  it('[MQTT-4.3.3-6] sends the PUBLISH never again after its PUBREL, and nothing twice in a live connection', () => {
    const client = new Client({ keepAlive: 10 }).connect();
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'a', qos: 2 });
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 02 00 02');
    client.expectOutput('62 02 00 02');
    for (client.nowMs = 0; client.nowMs < 600_000; client.nowMs += 5000) {
      client.engine.tick(client.nowMs);
      expect(['', 'c0 00']).toContain(client.output());
      client.feed('d0 00');
    }
    expect(client.engine.state).toBe('connected');
  });
});

describe('all publishes', () => {
  it('leave in the order of their acceptance, whatever their QoS', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 2 });
    client.publish({ topic: 'b' });
    client.publish({ topic: 'c', qos: 1 });
    client.publish({ topic: 'd' });
    client.expectOutput('34 06 00 01 61 00 01 00', '30 04 00 01 62 00', '32 06 00 01 63 00 02 00', '30 04 00 01 64 00');
  });

  it('leave together in one write', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'b' });
    client.publish({ topic: 'c', qos: 2 });
    expect(client.write()).toBe('32 06 00 01 61 00 01 00 30 04 00 01 62 00 34 06 00 01 63 00 02 00');
  });

  it('carry every property there is', () => {
    const client = new Client().connect();
    client.publish({
      topic: 'a',
      qos: 1,
      payload: 'é',
      properties: {
        payloadFormatIndicator: 1,
        messageExpiryInterval: 258,
        contentType: 't',
        responseTopic: 'r',
        correlationData: new Uint8Array([1, 2]),
        userProperties: [
          ['k', 'v'],
          ['k', 'w'],
        ],
      },
    });
    client.expectOutput(
      '32 2a  00 01 61  00 01',
      '22  01 01  02 00 00 01 02  03 00 01 74  08 00 01 72  09 00 02 01 02  26 00 01 6b 00 01 76  26 00 01 6b 00 01 77',
      'c3 a9',
    );
  });

  it('[MQTT-2.2.1-3] never take an identifier in use, whichever packet holds it', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.subscribe('a');
    client.unsubscribe('a');
    client.publish({ topic: 'a', qos: 2 });
    client.expectOutput(
      '32 06 00 01 61 00 01 00',
      '82 07 00 02 00 00 01 61 00',
      'a2 06 00 03 00 00 01 61',
      '34 06 00 01 61 00 04 00',
    );
    // 1 and 4 stay open while the identifiers go round once, and 2 and 3 are given out again.
    client.feed('90 04 00 02 00 00  b0 04 00 03 00 00  50 02 00 04');
    client.expectOutput('62 02 00 04');
    const identifiers: number[] = [];
    for (let i = 0; i < 65_534; i++) {
      const { packetId } = client.publish({ topic: 'a', qos: 1 });
      identifiers.push(packetId);
      client.output();
      client.feed(`40 02 ${u16(packetId)}`);
    }
    expect(identifiers.slice(0, 2)).toEqual([5, 6]);
    expect(identifiers.slice(-4)).toEqual([65_535, 2, 3, 5]);
  });

  it('are refused, and nothing has changed, where they could never be sent', () => {
    const client = new Client({ tx: 128, txReserve: 32 }).connect('20 08  00 00  05  27 00 00 00 3c');
    const wrong: readonly [publication: unknown, error: object][] = [
      [{ topic: '' }, { code: 'invalid-argument' }],
      [{ topic: 'a/#' }, { code: 'invalid-argument' }],
      [{ topic: 'a/+' }, { code: 'invalid-argument' }],
      [{ topic: 'a\0' }, { code: 'invalid-argument' }],
      [{ topic: '\udc00' }, { code: 'invalid-argument' }],
      [{ topic: 'a', qos: 3 }, { code: 'invalid-argument' }],
      [{ topic: 'a', payload: '\ud800' }, { code: 'invalid-argument' }],
      [{ topic: 'a', payload: { byteLengthMax: -1, write: () => 0 } }, { code: 'invalid-argument' }],
      [{ topic: 'a', payload: { byteLengthMax: 4 } }, { code: 'invalid-argument' }],
      [{ topic: 'a', properties: { responseTopic: 'a/#' } }, { code: 'invalid-argument' }],
      [{ topic: 'a', properties: { subscriptionIdentifiers: [1] } }, { code: 'invalid-argument' }],
      [{ topic: 'a', properties: { topicAlias: 0 } }, { code: 'invalid-argument' }],
      [{ topic: 'a', tag: 'x'.repeat(65_536) }, { code: 'invalid-argument' }],
      [
        { topic: 'a', payload: new Uint8Array(57) },
        { name: 'ResourceError', code: 'packet-too-large' },
      ],
    ];
    for (const [publication, error] of wrong) {
      for (const qos of [0, 1, 2]) {
        const tried = { qos, ...(publication as object) } as never;
        expect(errorOf(() => client.publish(tried))).toMatchObject(error);
      }
    }
    client.publish({ topic: 'a', qos: 1 });
    client.expectOutput('32 06 00 01 61 00 01 00');
  });

  it('that could never fit into tx are a ResourceError at once', () => {
    const client = new Client({ tx: 128, txReserve: 32 }).connect();
    // 96 bytes are left; the packet has 6 besides its payload.
    client.publish({ topic: 'a', payload: new Uint8Array(90) });
    client.output();
    expect(errorOf(() => client.publish({ topic: 'a', payload: new Uint8Array(91) }))).toMatchObject({
      name: 'ResourceError',
      code: 'buffer-too-small',
    });
  });

  it('[MQTT-4.7.3-3] take a topic of 65,535 bytes and none longer', () => {
    const client = new Client({ tx: 70_000 }).connect();
    client.publish({ topic: 'é'.repeat(32_767) + 'x' });
    expect(client.output()).toMatch(/^30 82 80 04 ff ff (c3 a9 ){32767}78 00$/);
    expect(errorOf(() => client.publish({ topic: 'é'.repeat(32_768) }))).toMatchObject({ code: 'invalid-argument' });
  });
});

describe('a payload writer', () => {
  it('writes into tx, once, at acceptance', () => {
    const client = new Client().connect();
    let calls = 0;
    client.publish({
      topic: 'a',
      qos: 1,
      payload: {
        byteLengthMax: 3,
        write: (target) => {
          calls++;
          expect(target).toHaveLength(3);
          target.set([7, 8, 9]);
          return 3;
        },
      },
    });
    expect(calls).toBe(1);
    client.expectOutput('32 09 00 01 61 00 01 00 07 08 09');
    client.cut();
    client.connect('20 03 01 00 00');
    client.expectOutput('3a 09 00 01 61 00 01 00 07 08 09');
    expect(calls).toBe(1);
  });

  it('may write less than it said, even nothing', () => {
    const client = new Client().connect();
    const write = (count: number) => (target: Uint8Array) => {
      target.fill(0x78, 0, count);
      return count;
    };
    client.publish({ topic: 'a', qos: 1, payload: { byteLengthMax: 200, write: write(2) } });
    client.publish({ topic: 'a', payload: { byteLengthMax: 20, write: write(0) } });
    client.publish({ topic: 'a', qos: 2, payload: { byteLengthMax: 122, write: write(122) } });
    client.expectOutput(
      '32 08 00 01 61 00 01 00 78 78',
      '30 04 00 01 61 00',
      `34 80 01 00 01 61 00 02 00 ${'78'.repeat(122)}`,
    );
  });

  it('that throws, or says that it wrote too much, is the caller’s mistake, and nothing has changed', () => {
    const client = new Client({ tx: 128, txReserve: 32 }).connect();
    const cause = new Error('no');
    const fails = {
      byteLengthMax: 80,
      write: () => {
        throw cause;
      },
    };
    expect(errorOf(() => client.publish({ topic: 'a', qos: 1, payload: fails }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-argument',
      cause,
    });
    for (const count of [-1, 81, 0.5, Number.NaN]) {
      const payload = { byteLengthMax: 80, write: () => count };
      expect(errorOf(() => client.publish({ topic: 'a', qos: 1, payload }))).toMatchObject({
        code: 'invalid-argument',
      });
    }
    expect(client.engine.pending).toEqual([]);
    client.expectOutput();
    expect(client.engine.canPublish(1, 96)).toBe(true);
  });
});

it('[MQTT-4.1.0-1] an exchange may take any time: nothing of it ends before the connection does', () => {
  const client = new Client().connect();
  const operation = client.publish({ topic: 'a', qos: 2 });
  client.output();
  client.nowMs = 1e9;
  client.engine.tick(1e9);
  client.feed('50 02 00 01');
  client.expectOutput('62 02 00 01');
  client.nowMs = 2e9;
  client.feed('70 02 00 01');
  expect(operation.state).toBe('complete');
});

it('what the caller hands over is not kept: it may change once the publish is accepted', () => {
  const client = new Client().connect();
  const payload = new Uint8Array([1, 2, 3]);
  client.publish({ topic: 'a', qos: 1, payload });
  payload.fill(0);
  client.expectOutput('32 09 00 01 61 00 01 00 01 02 03');
});

it('a connection that is new does not inherit what an earlier one completed', () => {
  const client = new Client().connect();
  const operation = client.publish({ topic: 'a', qos: 1 });
  client.output();
  client.feed('40 02 00 01');
  client.cut();
  client.connect(CONNACK);
  client.feed('40 02 00 01');
  expect(operation.state).toBe('complete');
  client.expectOutput();
});
