import { describe, expect, it } from 'vitest';
import { Client, CONNACK, SESSION_PRESENT, u16 } from './client.ts';

// Section 4.4: what is sent again when a session resumes.

describe('on a resume', () => {
  it('[MQTT-4.4.0-1] [MQTT-3.3.1-1] [MQTT-4.6.0-1] open publishes go again in order, DUP 1, same identifiers', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1, payload: '1' });
    client.publish({ topic: 'a', qos: 2, payload: '2' });
    client.publish({ topic: 'a', payload: '0' });
    client.publish({ topic: 'a', qos: 1, payload: '3', retain: true });
    client.output();
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 07 00 01 61 00 01 00 31', '3c 07 00 01 61 00 02 00 32', '3b 07 00 01 61 00 03 00 33');
  });

  it('[MQTT-4.6.0-1] the order is that of first sending, past a wrap of the identifiers', () => {
    const client = new Client().connect();
    for (let i = 1; i <= 65_533; i++) {
      client.publish({ topic: 'a', qos: 1 });
      client.output();
      client.feed(`40 02 ${u16(i)}`);
    }
    for (let i = 0; i < 4; i++) client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput(
      '3a 06 00 01 61 ff fe 00',
      '3a 06 00 01 61 ff ff 00',
      '3a 06 00 01 61 00 01 00',
      '3a 06 00 01 61 00 02 00',
    );
  });

  it('[MQTT-4.3.3-5] [MQTT-4.3.3-6] [MQTT-4.6.0-4] PUBRELs go again in PUBREC order, before the publishes', () => {
    const client = new Client().connect();
    const operations = [1, 2, 3, 4].map(() => client.publish({ topic: 'a', qos: 2 }));
    client.output();
    client.feed('50 02 00 03  50 02 00 01  50 02 00 02');
    client.expectOutput('62 02 00 03', '62 02 00 01', '62 02 00 02');
    client.feed('70 02 00 01');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput('62 02 00 03', '62 02 00 02', '3c 06 00 01 61 00 04 00');
    client.feed('70 02 00 03  70 03 00 02 92  50 02 00 04');
    client.expectOutput('62 02 00 04');
    client.feed('70 02 00 04');
    expect(operations.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete', 'complete']);
  });

  it('a PUBREL that was never sent before goes in its place', () => {
    const client = new Client().connect();
    for (let i = 0; i < 3; i++) client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('50 02 00 02');
    client.output();
    client.feed('50 02 00 01');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput('62 02 00 02', '62 02 00 01', '3c 06 00 01 61 00 03 00');
  });

  it('happens again at every loss, and once at each', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 2 });
    client.expectOutput('34 06 00 01 61 00 01 00');
    for (let i = 0; i < 3; i++) {
      client.cut();
      client.connect(SESSION_PRESENT);
      client.expectOutput('3c 06 00 01 61 00 01 00');
    }
    client.feed('50 02 00 01');
    client.output();
    for (let i = 0; i < 3; i++) {
      client.cut();
      client.connect(SESSION_PRESENT);
      client.expectOutput('62 02 00 01');
    }
    client.feed('70 02 00 01');
    expect(operation.state).toBe('complete');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput();
  });

  it('DUP is only where a byte was handed over, on whichever connection', () => {
    const client = new Client().connect();
    for (const topic of ['a', 'b', 'c']) client.publish({ topic, qos: 1 });
    client.write(1);
    client.cut();
    client.connect(SESSION_PRESENT);
    expect(client.writeExactly(9)).toBe('3a 06 00 01 61 00 01 00 32');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 01 00', '3a 06 00 01 62 00 02 00', '32 06 00 01 63 00 03 00');
  });

  it('a connection that ends before anything left changes nothing', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.write(1);
    client.publish({ topic: 'b', qos: 1 });
    for (let i = 0; i < 3; i++) {
      client.cut();
      client.connect(SESSION_PRESENT);
    }
    client.cut();
    client.start();
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 01 00', '32 06 00 01 62 00 02 00');
  });

  it('[MQTT-4.3.3-7] a message expiry of our own holds nothing back', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1, properties: { messageExpiryInterval: 1 } });
    client.output();
    client.cut();
    client.nowMs = 3_600_000;
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 0b 00 01 61 00 01 05 02 00 00 00 01');
  });

  it('no local clock ends the session: the CONNACK decides', () => {
    const client = new Client({ sessionExpiryInterval: 1 }).connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    client.nowMs = 1e12;
    client.engine.tick(1e12);
    expect(operation.state).toBe('pending');
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 01 00');
  });

  it('what was answered with 0x80 or above is not sent again', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.feed('40 03 00 01 97  50 03 00 02 97');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput();
  });

  it('an answer for what is still waiting to go again is passed over', () => {
    const client = new Client().connect();
    const [first, second] = [client.publish({ topic: 'a', qos: 2 }), client.publish({ topic: 'a', qos: 1 })];
    client.output();
    client.cut();
    client.start();
    client.feed(`${SESSION_PRESENT} 50 02 00 01 40 02 00 02 70 02 00 01`);
    expect(first).toMatchObject({ state: 'pending', stage: 'publish' });
    expect(second.state).toBe('pending');
    client.expectOutput('3c 06 00 01 61 00 01 00', '3a 06 00 01 61 00 02 00');
    client.feed('50 02 00 01 40 02 00 02');
    client.expectOutput('62 02 00 01');
  });

  it('requests and publishes of before leave together with CONNACK', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.subscribe('a');
    client.output();
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 01 00', '82 07 00 02 00 00 01 61 00');
  });

  it('PUBRELs that have no room yet follow in their order, and are not answered before', () => {
    // 40 bytes of publishes, and room for two PUBRELs.
    const client = new Client({ tx: 48, txReserve: 8 }).connect();
    const operations = [1, 2, 3, 4, 5].map(() => client.publish({ topic: 'a', qos: 2 }));
    client.output();
    client.feed('50 02 00 01  50 02 00 02  50 02 00 03');
    client.expectOutput('62 02 00 01', '62 02 00 02', '62 02 00 03');
    for (let i = 6; i <= 8; i++) client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('70 02 00 03  50 02 00 03');
    expect(operations[2]).toMatchObject({ state: 'pending', stage: 'release' });
    client.expectOutput(
      '62 02 00 01',
      '62 02 00 02',
      '62 02 00 03',
      '3c 06 00 01 61 00 04 00',
      '3c 06 00 01 61 00 05 00',
      '3a 06 00 01 61 00 06 00',
      '3a 06 00 01 61 00 07 00',
      '3a 06 00 01 61 00 08 00',
    );
    client.feed('70 02 00 01  70 02 00 02  70 02 00 03');
    expect(operations.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete', 'pending', 'pending']);
  });

  it('a full tx is no obstacle: what is kept is sent from where it is', () => {
    const client = new Client({ tx: 256, txReserve: 16 }).connect();
    for (let i = 0; i < 30; i++) client.publish({ topic: 'a', qos: 1 });
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
    client.output();
    client.cut();
    client.engine.start(0, { password: new Uint8Array(2048) });
    expect(client.output()).toMatch(/^10 9a 10 /);
    client.feed(SESSION_PRESENT);
    expect(client.output()).toBe(Array.from({ length: 30 }, (_, i) => `3a 06 00 01 61 ${u16(i + 1)} 00`).join(' '));
    for (let i = 1; i <= 30; i++) client.feed(`40 02 ${u16(i)}`);
    expect(client.engine.pending).toEqual([]);
    expect(client.engine.canPublish(1, 240)).toBe(true);
  });
});

describe('where the broker’s session is gone', () => {
  it('what any broker has seen is invalidated, and its identifiers are free', () => {
    const client = new Client().connect();
    const operations = [
      client.publish({ topic: 'a', qos: 1 }),
      client.publish({ topic: 'a', qos: 2 }),
      client.publish({ topic: 'a', qos: 2 }),
    ];
    client.output();
    client.feed('50 02 00 02');
    client.output();
    client.cut();
    expect(operations.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
    client.connect(CONNACK);
    client.expectOutput();
    for (const operation of operations) {
      expect(operation).toMatchObject({ state: 'invalidated', result: null, error: { name: 'InvalidatedError' } });
      expect(operation.error?.cause).toBeUndefined();
    }
    expect(client.engine.pending).toEqual([]);
    expect(client.engine.canPublish(1, 4032)).toBe(true);
  });

  it('what no broker has seen is sent, DUP 0', () => {
    const client = new Client().connect();
    const operations = ['a', 'b', 'c'].map((topic) => client.publish({ topic, qos: 2 }));
    client.write(9);
    client.cut();
    client.connect(CONNACK);
    expect(operations.map(({ state }) => state)).toEqual(['invalidated', 'invalidated', 'pending']);
    client.expectOutput('34 06 00 01 63 00 03 00');
    client.feed('50 02 00 03');
    client.expectOutput('62 02 00 03');
  });

  it('the session ends with its connection where its expiry is 0, and what no broker has seen lives on', () => {
    const client = new Client({ sessionExpiryInterval: 0 }).connect();
    const operations = ['a', 'b'].map((topic) => client.publish({ topic, qos: 1 }));
    client.write(1);
    const events = client.cut();
    expect(operations.map(({ state }) => state)).toEqual(['invalidated', 'pending']);
    expect(events).toContain(operations[0]);
    client.connect(CONNACK);
    client.expectOutput('32 06 00 01 62 00 02 00');
  });

  it('the expiry that CONNACK gives is the one in force', () => {
    const client = new Client({ sessionExpiryInterval: 3600 }).connect('20 08  00 00  05  11 00 00 00 00');
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    expect(operation.state).toBe('invalidated');
  });
});

describe('events', () => {
  it('come once for each operation, whatever its end', () => {
    const client = new Client().connect();
    const operations = [
      client.publish({ topic: 'a' }),
      client.publish({ topic: 'a', qos: 1 }),
      client.publish({ topic: 'a', qos: 2 }),
      client.publish({ topic: 'a', qos: 1 }),
    ];
    const request = client.subscribe('a');
    client.write(30);
    client.feed('40 03 00 01 80');
    const lost = client.publish({ topic: 'a' });
    const seen = [...client.happened(), ...client.cut()];
    client.start();
    client.feed(CONNACK);
    seen.push(...client.happened());
    const ended = seen.filter((event) => event.kind === 'operation' || event.kind === 'request');
    expect(new Set(ended)).toEqual(new Set([...operations, lost, request]));
    expect(ended).toHaveLength(6);
    expect([...operations, lost, request].map(({ state }) => state)).toEqual([
      'complete',
      'refused',
      'invalidated',
      'invalidated',
      'invalidated',
      'invalidated',
    ]);
  });
});
