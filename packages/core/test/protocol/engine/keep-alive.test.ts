import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../codec/bytes.ts';
import { Client, SESSION_PRESENT } from './client.ts';

// Section 3.1.2.10. Keep alive 10 s: a PINGREQ is due after 7.5 s, its answer 5 s later.

function connected(connack?: string): Client {
  const client = new Client({ keepAlive: 10 });
  client.nowMs = 1000;
  return client.connect(connack);
}

/** Moves the time to the next deadline and lets it fire. */
function next(client: Client): number {
  client.nowMs = client.engine.deadlineMs;
  client.engine.tick(client.nowMs);
  return client.nowMs;
}

describe('PINGREQ', () => {
  it('[MQTT-3.1.2-20] [MQTT-3.2.2-22] is due three quarters of the keep alive after the last packet left', () => {
    const client = connected();
    expect(client.engine.deadlineMs).toBe(8500);
    client.engine.tick(8499);
    client.expectOutput();
    expect(next(client)).toBe(8500);
    client.expectOutput('c0 00');
  });

  it('[MQTT-3.1.2-20] counts from when CONNECT left, however late CONNACK comes', () => {
    const client = new Client({ keepAlive: 10 });
    client.engine.start(0);
    client.nowMs = 2000;
    expect(client.write()).toMatch(/^10 /);
    client.nowMs = 6000;
    client.feed('20 03 00 00 00');
    client.expectConnected(false);
    expect(client.engine.deadlineMs).toBe(9500);
    client.cut();
    client.engine.start(6000);
    client.write();
    client.nowMs = 30_000;
    client.feed('20 03 01 00 00');
    client.engine.tick(30_000);
    client.expectOutput('c0 00');
    expect(client.engine.deadlineMs).toBe(35_000);
  });

  it('is put off by packets that leave, and not by those that arrive', () => {
    const client = connected();
    client.nowMs = 5000;
    client.feed('d0 00');
    expect(client.engine.deadlineMs).toBe(8500);
    client.publish({ topic: 'a' });
    client.output();
    // Now the last byte arrived as late as the last packet left.
    expect(client.engine.deadlineMs).toBe(12_500);
    client.nowMs = 8000;
    client.publish({ topic: 'a' });
    client.output();
    expect(client.engine.deadlineMs).toBe(12_500);
  });

  it('is due three quarters of the keep alive after the last byte arrived, where that is earlier', () => {
    const client = connected();
    for (client.nowMs = 2000; client.nowMs < 8500; client.nowMs += 500) {
      client.publish({ topic: 'a' });
      client.output();
      expect(client.engine.deadlineMs).toBe(8500);
    }
    expect(next(client)).toBe(8500);
    client.expectOutput('c0 00');
  });

  it('is answered by PINGRESP, and due again', () => {
    const client = connected();
    for (let i = 1; i <= 20; i++) {
      next(client);
      client.expectOutput('c0 00');
      client.feed('d0 00');
      expect(client.engine.deadlineMs).toBe(client.nowMs + 7500);
    }
  });

  it('that was due while nothing was written leaves once, and first', () => {
    const client = connected();
    next(client);
    client.publish({ topic: 'a' });
    expect(client.engine.hasOutput).toBe(true);
    client.expectOutput('30 04 00 01 61 00', 'c0 00');
  });

  it('leaves however full tx is', () => {
    const client = new Client({ keepAlive: 10, tx: 128, txReserve: 32 }).connect();
    client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(88) });
    client.output();
    next(client);
    client.expectOutput('c0 00');
  });

  it('is never sent with keep alive 0', () => {
    const client = new Client({ keepAlive: 0 }).connect();
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    client.engine.tick(1e12);
    client.expectOutput();
    expect(client.engine.state).toBe('connected');
  });

  it('[MQTT-3.1.2-21] [MQTT-3.2.2-21] follows the Server Keep Alive', () => {
    expect(connected('20 06  00 00  03  13 00 14').engine.deadlineMs).toBe(16_000);
    expect(connected('20 06  00 00  03  13 00 00').engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    expect(new Client({ keepAlive: 0 }).connect('20 06  00 00  03  13 00 04').engine.deadlineMs).toBe(3000);
  });
});

describe('a broker that does not answer', () => {
  it('[MQTT-3.12.4-1] is given up half the keep alive after the PINGREQ, without a DISCONNECT', () => {
    const client = connected();
    next(client);
    client.expectOutput('c0 00');
    expect(client.engine.deadlineMs).toBe(13_500);
    client.engine.tick(13_499);
    expect(client.engine.state).toBe('connected');
    next(client);
    client.expectOutput();
    expect(client.closed()).toMatchObject({
      clean: false,
      error: { name: 'DisconnectedError', by: 'keep-alive', connectionLost: true },
    });
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('is given up as well where it talks, and never says PINGRESP', () => {
    const client = connected();
    next(client);
    client.expectOutput('c0 00');
    for (client.nowMs = 9000; client.nowMs < 13_500; client.nowMs += 500) client.feed('30 04 00 01 61 00');
    client.nowMs = 13_500;
    client.engine.tick(13_500);
    expect(client.closed().error).toMatchObject({ by: 'keep-alive' });
  });

  it('takes no bytes: the time counts from when the PINGREQ was due', () => {
    const client = connected();
    client.publish({ topic: 'a', qos: 1 });
    client.lend();
    next(client);
    expect(client.nowMs).toBe(8500);
    expect(client.engine.output()).toBeNull();
    expect(next(client)).toBe(13_500);
    const closed = client.happened().find((event) => event.kind === 'closed');
    expect(closed).toMatchObject({ error: { by: 'keep-alive' } });
  });

  it('keeps the session', () => {
    const client = connected();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    next(client);
    next(client);
    client.closed();
    expect(operation.state).toBe('pending');
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 01 00');
  });

  it('has a pingTimeoutMs of the caller’s', () => {
    const client = new Client({ keepAlive: 10, pingTimeoutMs: 200 }).connect();
    next(client);
    client.output();
    expect(client.engine.deadlineMs).toBe(7700);
  });
});

describe('a deadline that fires late', () => {
  it('kills nothing where the answer is already there: that is taken in first', () => {
    const client = connected();
    next(client);
    client.output();
    client.nowMs = 7_200_000;
    client.feed('d0 00');
    client.engine.tick(client.nowMs);
    expect(client.engine.state).toBe('connected');
  });

  it('opens one more window, and only one', () => {
    const client = connected();
    next(client);
    client.output();
    client.nowMs = 7_200_000;
    client.engine.tick(client.nowMs);
    expect(client.engine.state).toBe('connected');
    expect(client.output()).toMatch(/^(c0 00)?$/);
    client.nowMs = 14_400_000;
    client.engine.tick(client.nowMs);
    expect(client.closed().error).toMatchObject({ by: 'keep-alive' });
  });

  it('the window is used by any byte', () => {
    const client = connected();
    next(client);
    client.output();
    client.nowMs = 7_200_000;
    client.engine.tick(client.nowMs);
    client.nowMs += 1000;
    client.feed('d0 00');
    client.output();
    client.nowMs += 4500;
    client.engine.tick(client.nowMs);
    expect(client.engine.state).toBe('connected');
  });
});

describe('while rx is full', () => {
  const message = `30 1e 00 01 61 00 ${'78'.repeat(26)}`;

  function full(): { client: Client; rest: string } {
    const client = new Client({ keepAlive: 10, rx: 64 }).connect();
    const left = client.offer(message.repeat(3));
    expect(client.engine.inputRoom(0)).toBeNull();
    return { client, rest: toHex(hex(message).subarray(-left)) };
  }

  it('PINGREQs go on, and the answer is not waited for: a slow consumer is no dead peer', () => {
    const { client } = full();
    for (let i = 0; i < 100; i++) {
      next(client);
      client.expectOutput('c0 00');
    }
    expect(client.nowMs).toBe(750_000);
    expect(client.engine.state).toBe('connected');
  });

  it('nothing is owed, and reading again opens a fresh window: a dead peer is noticed then', () => {
    const { client } = full();
    for (let i = 0; i < 10; i++) {
      next(client);
      client.output();
    }
    const { nowMs } = client;
    expect(client.texts()).toHaveLength(2);
    expect(client.engine.inputRoom(client.nowMs)).not.toBeNull();
    expect(client.engine.deadlineMs).toBe(nowMs + 5000);
    client.engine.tick(nowMs + 4999);
    expect(client.engine.state).toBe('connected');
    client.engine.tick(nowMs + 5000);
    expect(client.closed().error).toMatchObject({ by: 'keep-alive' });
  });

  it('reading again, with the answer there, goes on as ever', () => {
    const { client, rest } = full();
    for (let i = 0; i < 10; i++) {
      next(client);
      client.output();
    }
    client.texts();
    client.feed(`${rest} d0 00`);
    expect(client.texts()).toHaveLength(1);
    expect(client.engine.deadlineMs).toBe(client.nowMs + 7500);
  });
});
