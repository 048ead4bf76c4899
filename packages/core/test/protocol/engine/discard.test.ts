import { describe, expect, it } from 'vitest';
import { Client, SESSION_PRESENT } from './client.ts';

// For programs that never receive: publishes are acknowledged, dropped and counted.

describe('with discard', () => {
  it('[MQTT-4.5.0-2] every publish is acknowledged by its QoS, dropped and counted', () => {
    const client = new Client({ discard: true }).connect();
    client.feed('30 05 00 01 61 00 78  32 07 00 01 61 00 01 00 78  34 07 00 01 61 00 02 00 78');
    expect(client.engine.hasMessage).toBe(false);
    expect(client.engine.discardedCount).toBe(3);
    client.expectOutput('40 02 00 01', '50 02 00 02');
    client.feed('62 02 00 02');
    client.expectOutput('70 02 00 02');
  });

  it('a repeat of QoS 2 is answered, and not counted', () => {
    const client = new Client({ discard: true }).connect();
    client.feed('34 06 00 01 61 00 02 00');
    client.output();
    client.feed('3c 06 00 01 61 00 02 00');
    client.expectOutput('50 02 00 02');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('3c 06 00 01 61 00 02 00');
    client.expectOutput('50 02 00 02');
    expect(client.engine.discardedCount).toBe(1);
  });

  it('rx is never full, however much comes', () => {
    const client = new Client({ discard: true, rx: 32, keepAlive: 10 }).connect();
    for (let i = 0; i < 1000; i++) {
      client.feed(`30 1e 00 01 61 00 ${'78'.repeat(26)}  32 06 00 01 61 00 01 00`, 7);
      client.expectOutput('40 02 00 01');
    }
    expect(client.engine.discardedCount).toBe(2000);
  });

  it('what is malformed is refused all the same', () => {
    const client = new Client({ discard: true }).connect();
    client.feed('30 05 00 02 c3 28 00');
    client.expectRejected(0x81);
  });

  it('[MQTT-3.3.4-9] the Receive Maximum is policed all the same', () => {
    const client = new Client({ discard: true, receiveMaximum: 1 }).connect();
    client.feed('32 06 00 01 61 00 01 00');
    client.expectOutput('40 02 00 01');
    client.feed('34 06 00 01 61 00 01 00  32 06 00 01 61 00 01 00');
    client.expectRejected(0x93);
  });
});
