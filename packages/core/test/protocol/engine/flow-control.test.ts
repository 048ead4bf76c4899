import { describe, expect, it } from 'vitest';
import { Client, errorOf, u16 } from './client.ts';

// Section 4.9: the broker's Receive Maximum.

/** A CONNACK with Receive Maximum 2. */
const TWO = '20 06  00 00  03  21 00 02';
const TWO_RESUMED = '20 06  01 00  03  21 00 02';

describe('Receive Maximum', () => {
  it('[MQTT-3.3.4-7] [MQTT-4.9.0-2] holds back QoS 1 and 2 publishes, until PUBACK', () => {
    const client = new Client().connect(TWO);
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'a', qos: 2 });
    expect(client.engine.canPublish(1, 10)).toBe(false);
    expect(client.engine.canPublish(2, 10)).toBe(false);
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
    client.output();
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
    client.feed('40 02 00 01');
    expect(client.engine.canPublish(1, 10)).toBe(true);
    client.publish({ topic: 'a', qos: 1 });
    client.expectOutput('32 06 00 01 61 00 03 00');
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
  });

  it('gives a slot back at a PUBACK of 0x80 or above', () => {
    const client = new Client().connect('20 06  00 00  03  21 00 01');
    client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.feed('40 03 00 01 80');
    expect(client.engine.canPublish(1, 10)).toBe(true);
  });

  it('gives a slot back at PUBCOMP, whatever its code, and not at PUBREC', () => {
    for (const pubcomp of ['70 02 00 01', '70 03 00 01 92']) {
      const client = new Client().connect('20 06  00 00  03  21 00 01');
      client.publish({ topic: 'a', qos: 2 });
      client.output();
      client.feed('50 02 00 01');
      expect(client.engine.canPublish(1, 10)).toBe(false);
      client.expectOutput('62 02 00 01');
      expect(client.tryPublish({ topic: 'a', qos: 2 })).toBeNull();
      client.feed(pubcomp);
      expect(client.engine.canPublish(1, 10)).toBe(true);
    }
  });

  it('gives a slot back at a PUBREC of 0x80 or above', () => {
    const client = new Client().connect('20 06  00 00  03  21 00 01');
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 03 00 01 97');
    client.publish({ topic: 'a', qos: 2 });
    client.expectOutput('34 06 00 01 61 00 02 00');
  });

  it('never grows by acknowledgements that answer nothing', () => {
    const client = new Client().connect(TWO);
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('40 02 00 09  70 02 00 09  50 03 00 09 80  40 02 00 08');
    client.output();
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
    client.feed('40 02 00 01  40 02 00 01');
    client.publish({ topic: 'a', qos: 1 });
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
  });

  it('[MQTT-3.3.4-8] [MQTT-4.9.0-3] holds back nothing else', () => {
    const client = new Client({ keepAlive: 10 }).connect('20 06  00 00  03  21 00 01');
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.publish({ topic: 'b' });
    client.subscribe('a');
    client.unsubscribe('a');
    client.feed('50 02 00 01   32 06 00 01 61 00 07 00  34 06 00 01 61 00 08 00');
    client.receive();
    client.receive();
    client.engine.comeBack();
    client.nowMs = 7500;
    client.engine.tick(7500);
    client.expectOutput(
      '30 04 00 01 62 00',
      '82 07 00 02 00 00 01 61 00',
      'a2 06 00 03 00 00 01 61',
      'c0 00',
      '40 02 00 07',
      '50 02 00 08',
      '62 02 00 01',
    );
    client.feed('62 02 00 08');
    client.expectOutput('70 02 00 08');
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
    client.engine.disconnect(7500);
    client.expectOutput('e0 00');
  });

  it('[MQTT-4.9.0-1] is that of the present connection', () => {
    const client = new Client().connect('20 06  00 00  03  21 00 01');
    client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    client.connect('20 06  01 00  03  21 00 03');
    client.publish({ topic: 'b', qos: 1 });
    client.publish({ topic: 'b', qos: 1 });
    expect(client.tryPublish({ topic: 'b', qos: 1 })).toBeNull();
    client.expectOutput('3a 06 00 01 61 00 01 00', '32 06 00 01 62 00 02 00', '32 06 00 01 62 00 03 00');
  });

  it('is 65,535 where CONNACK is silent', () => {
    const client = new Client({ tx: 600_000, inflightMax: 65_535 }).connect();
    for (let i = 0; i < 65_535; i++) client.publish({ topic: 'a', qos: 1 });
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
  });
});

describe('inflightMax', () => {
  it('is a limit of our own below the broker’s', () => {
    const client = new Client({ inflightMax: 1 }).connect(TWO);
    client.publish({ topic: 'a', qos: 1 });
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
    client.output();
    client.feed('40 02 00 01');
    client.publish({ topic: 'a', qos: 1 });
  });
});

describe('a resume', () => {
  it('[MQTT-4.9.0-2] sends again in batches where the new Receive Maximum is smaller', () => {
    const client = new Client().connect();
    for (const topic of ['a', 'b', 'c', 'd', 'e']) client.publish({ topic, qos: 1 });
    client.output();
    client.cut();
    client.connect(TWO_RESUMED);
    client.expectOutput('3a 06 00 01 61 00 01 00', '3a 06 00 01 62 00 02 00');
    // New ones wait until all of the earlier connection have been sent again.
    expect(client.tryPublish({ topic: 'f', qos: 1 })).toBeNull();
    client.feed('40 02 00 02');
    expect(client.tryPublish({ topic: 'f', qos: 1 })).toBeNull();
    client.expectOutput('3a 06 00 01 63 00 03 00');
    client.feed('40 02 00 01  40 02 00 03');
    client.expectOutput('3a 06 00 01 64 00 04 00', '3a 06 00 01 65 00 05 00');
    expect(client.tryPublish({ topic: 'f', qos: 1 })).toBeNull();
    client.feed('40 02 00 05');
    client.publish({ topic: 'f', qos: 1 });
    client.expectOutput('32 06 00 01 66 00 06 00');
  });

  it('counts what waits for PUBCOMP: an answer to a repeated PUBREL buys no publish too many', () => {
    const client = new Client().connect();
    for (let i = 0; i < 5; i++) client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 02 00 02  50 02 00 01');
    client.output();
    client.cut();
    client.connect(TWO_RESUMED);
    // Two are open, in the order of their PUBRECs.
    client.expectOutput('62 02 00 02', '62 02 00 01');
    client.feed('70 02 00 01');
    client.expectOutput('3c 06 00 01 61 00 03 00');
    client.feed('50 02 00 03');
    client.expectOutput('62 02 00 03');
    client.feed('70 02 00 02');
    client.expectOutput('3c 06 00 01 61 00 04 00');
    client.feed('70 02 00 03');
    client.expectOutput('3c 06 00 01 61 00 05 00');
    expect(client.tryPublish({ topic: 'b', qos: 2 })).toBeNull();
    client.feed('50 03 00 04 80');
    client.publish({ topic: 'b', qos: 2 });
    client.expectOutput('34 06 00 01 62 00 06 00');
  });

  it('waits with all publishes where more than the new Receive Maximum wait for PUBCOMP', () => {
    const client = new Client().connect();
    for (let i = 0; i < 4; i++) client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 02 00 01  50 02 00 02  50 02 00 03');
    client.output();
    client.cut();
    client.connect('20 06  01 00  03  21 00 01');
    client.expectOutput('62 02 00 01', '62 02 00 02', '62 02 00 03');
    client.feed('70 02 00 01  70 02 00 02');
    client.expectOutput();
    client.feed('70 02 00 03');
    client.expectOutput('3c 06 00 01 61 00 04 00');
  });

  it('does not give the quota back to what was open before', () => {
    const client = new Client().connect(TWO);
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    client.connect(TWO_RESUMED);
    expect(client.tryPublish({ topic: 'b', qos: 1 })).toBeNull();
    client.output();
    expect(client.tryPublish({ topic: 'b', qos: 1 })).toBeNull();
  });

  it('is not answered by acknowledgements for what has not been sent again yet', () => {
    const client = new Client().connect();
    const operations = [1, 2].map(() => client.publish({ topic: 'a', qos: 1 }));
    client.output();
    client.cut();
    client.connect('20 06  01 00  03  21 00 01');
    client.output();
    client.feed('40 02 00 02');
    expect(operations.map(({ state }) => state)).toEqual(['pending', 'pending']);
    client.feed('40 02 00 01');
    client.expectOutput('3a 06 00 01 61 00 02 00');
    client.feed('40 02 00 02');
    expect(operations.map(({ state }) => state)).toEqual(['complete', 'complete']);
  });

  it('lets no new publish, of any QoS, overtake what is sent again', () => {
    const client = new Client().connect();
    for (const topic of ['a', 'b', 'c']) client.publish({ topic, qos: 1 });
    client.output();
    client.cut();
    client.start();
    client.feed(TWO_RESUMED);
    for (const qos of [0, 1, 2] as const) {
      expect(client.engine.canPublish(qos, 1)).toBe(false);
      expect(client.tryPublish({ topic: 'n', qos })).toBeNull();
    }
    client.expectOutput('3a 06 00 01 61 00 01 00', '3a 06 00 01 62 00 02 00');
    expect(client.tryPublish({ topic: 'n' })).toBeNull();
    client.feed('40 02 00 01');
    client.output();
    client.publish({ topic: 'n' });
    client.expectOutput('30 04 00 01 6e 00');
  });

  it('comes before what is published as soon as the connection is there', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'b', qos: 2 });
    client.output();
    client.feed('50 02 00 02');
    client.cut();
    client.start();
    client.feed('20 03 01 00 00');
    client.publish({ topic: 'n' });
    client.publish({ topic: 'o', qos: 1 });
    client.expectOutput('62 02 00 02', '3a 06 00 01 61 00 01 00', '30 04 00 01 6e 00', '32 06 00 01 6f 00 03 00');
  });
});

describe('packet identifiers', () => {
  it('that are all in use make a publish wait', () => {
    const client = new Client({ tx: 600_000 }).connect('20 06  00 00  03  21 ff ff');
    for (let i = 1; i <= 65_534; i++) client.publish({ topic: 'a', qos: 1 });
    const request = client.subscribe('a');
    expect(request.packetId).toBe(65_535);
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
    expect(client.engine.subscribe([{ topicFilter: 'a' }], undefined)).toBeNull();
    client.output();
    client.feed(`40 02 ${u16(777)}`);
    expect(client.publish({ topic: 'a', qos: 1 }).packetId).toBe(777);
    client.feed('90 04 ff ff 00 00');
    expect(client.subscribe('b').packetId).toBe(65_535);
  });

  it('that are all out of use are a ResourceError', () => {
    const client = new Client({ tx: 600_000 }).connect();
    for (let i = 1; i <= 65_535; i++) client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    // The next broker takes no QoS 1: all were handed over, so all of their identifiers are retired.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // 65,535 errors with a stack take a second.
    client.connect('20 05  01 00  02  24 00');
    Error.stackTraceLimit = stackTraceLimit;
    client.cut();
    client.connect('20 03  01 00  00');
    expect(client.engine.pending).toEqual([]);
    expect(errorOf(() => client.publish({ topic: 'a', qos: 1 }))).toMatchObject({
      name: 'ResourceError',
      code: 'inflight-exhausted',
    });
    client.publish({ topic: 'a' });
    client.expectOutput('30 04 00 01 61 00');
    client.cut();
    // A new session has them all.
    client.connect();
    client.publish({ topic: 'a', qos: 1 });
  });
});
