import { describe, expect, it } from 'vitest';
import { Client, CONNACK, errorOf, SESSION_PRESENT } from './client.ts';

// Section 3.14: disconnecting, from either side.

describe('our DISCONNECT', () => {
  it('[MQTT-3.14.4-2] leaves, and the connection is over', () => {
    const client = new Client().connect();
    client.engine.disconnect(0);
    expect(client.engine.state).toBe('disconnecting');
    client.expectOutput('e0 00');
    expect(client.closed()).toMatchObject({
      clean: true,
      error: { name: 'DisconnectedError', by: 'local', reasonCode: 0, connectionLost: true },
    });
  });

  it('[MQTT-3.14.2-1] may have every code that a client may send', () => {
    for (const code of ['04', '80', '81', '82', '83', '90', '93', '94', '95', '96', '97', '98', '99']) {
      const client = new Client().connect();
      client.engine.disconnect(0, { reasonCode: Number.parseInt(code, 16) as 4 });
      client.expectOutput(`e0 01 ${code}`);
    }
    const client = new Client().connect();
    for (const reasonCode of [0x87, 0x8e, 0x01, 0x100]) {
      expect(errorOf(() => client.engine.disconnect(0, { reasonCode: reasonCode as 4 }))).toMatchObject({
        name: 'InvalidRequestError',
        code: 'invalid-argument',
      });
    }
    expect(client.engine.state).toBe('connected');
  });

  it('carries properties', () => {
    const client = new Client().connect();
    const properties = { sessionExpiryInterval: 60, reasonString: 'r', userProperties: [['k', 'v']] } as const;
    client.engine.disconnect(0, { reasonCode: 4, properties });
    client.expectOutput('e0 12  04  10  11 00 00 00 3c  1f 00 01 72  26 00 01 6b 00 01 76');
    expect(client.closed().error).toMatchObject({ reasonCode: 4 });
  });

  it('[MQTT-3.14.2-3] [MQTT-3.14.2-4] goes without what the broker would find too long', () => {
    const properties = { reasonString: 'reason', userProperties: [['k', 'v']] } as const;
    const sent = (most: string): string => {
      const client = new Client().connect(`20 08  00 00  05  27 00 00 00 ${most}`);
      client.engine.disconnect(0, { reasonCode: 0x98, properties });
      return client.output().replaceAll(' ', '');
    };
    // 20 bytes with both, 11 with user properties, 3 with neither.
    expect(sent('14')).toBe('e0129810 1f0006726561736f6e 2600016b000176'.replaceAll(' ', ''));
    expect(sent('13')).toBe('e0099807 2600016b000176'.replaceAll(' ', ''));
    expect(sent('0b')).toBe('e0099807 2600016b000176'.replaceAll(' ', ''));
    expect(sent('0a')).toBe('e00198');
  });

  it('[MQTT-3.2.2-15] that cannot be made short enough is refused, and the connection lives', () => {
    const client = new Client().connect('20 08  00 00  05  27 00 00 00 08');
    expect(errorOf(() => client.engine.disconnect(0, { properties: { sessionExpiryInterval: 0 } }))).toMatchObject({
      name: 'ResourceError',
      code: 'packet-too-large',
    });
    expect(client.engine.state).toBe('connected');
    client.engine.disconnect(0);
    client.expectOutput('e0 00');
  });

  it('[MQTT-3.14.4-1] is the last packet: accepted ones leave before it, and nothing after', () => {
    const client = new Client({ keepAlive: 10 }).connect();
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'b' });
    client.subscribe('c');
    client.feed('32 06 00 01 61 00 07 00  32 06 00 01 61 00 08 00');
    client.receive();
    const held = client.receiveOwned();
    client.engine.disconnect(0);
    expect(held.ack()).toBeTypeOf('boolean');
    client.engine.comeBack();
    client.expectOutput(
      '32 06 00 01 61 00 01 00',
      '30 04 00 01 62 00',
      '82 07 00 02 00 00 01 63 00',
      '40 02 00 07',
      'e0 00',
    );
    client.engine.tick(1e6);
    client.expectOutput();
    expect(client.closed().clean).toBe(true);
  });

  it('does not wait for publishes that the quota holds back', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'b', qos: 1 });
    client.output();
    client.cut();
    client.connect('20 06  01 00  03  21 00 01');
    client.engine.disconnect(0);
    client.expectOutput('3a 06 00 01 61 00 01 00', 'e0 00');
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 01 00', '3a 06 00 01 62 00 02 00');
  });

  it('leaves however full tx is', () => {
    const client = new Client({ tx: 128, txReserve: 16 }).connect();
    client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(100) });
    for (let i = 1; i <= 9; i++) client.offer(`62 02 00 0${i}`);
    client.engine.disconnect(0, { properties: { reasonString: 'x'.repeat(1000) } });
    expect(client.output()).toMatch(/e0 ee 07 00 eb 07 1f 03 e8( 78){1000}$/);
    expect(client.closed().clean).toBe(true);
  });

  it('is not waited for by the engine: past a deadline of the caller’s the stream is closed without it', () => {
    const client = new Client({ keepAlive: 10 }).connect();
    client.publish({ topic: 'a' });
    client.engine.disconnect(0);
    client.write(3);
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    client.cut();
    client.engine.start(0);
  });

  it('that could not leave says so', () => {
    const client = new Client().connect();
    client.engine.disconnect(0);
    client.write(1);
    const [closed] = client.cut();
    expect(closed).toMatchObject({ kind: 'closed', clean: false, error: { name: 'DisconnectedError', by: 'local' } });
  });

  it('twice, and in every state, does no harm', () => {
    const client = new Client();
    client.engine.disconnect(0);
    expect(client.engine.state).toBe('disconnected');
    expect(client.happened()).toEqual([]);
    client.connect();
    client.engine.disconnect(0);
    client.engine.disconnect(0, { reasonCode: 4 });
    client.expectOutput('e0 00');
    client.closed();
    client.engine.disconnect(0);
    expect(client.happened()).toEqual([]);
    client.connect(SESSION_PRESENT);
  });

  it('takes in no more: what arrives is not read', () => {
    const client = new Client().connect();
    client.engine.disconnect(0);
    expect(client.engine.inputRoom(0)).toBeNull();
    client.expectOutput('e0 00');
  });
});

describe('bytes that arrive while our DISCONNECT leaves', () => {
  it('in a read that was outstanding are not looked at', () => {
    const client = new Client().connect();
    client.feed('30 05 00 01 61 00 78');
    const room = client.engine.inputRoom(0)!;
    client.engine.disconnect(0);
    room.set([0x32, 0x06, 0x00, 0x01, 0x61, 0x00, 0x01, 0x00, 0x00, 0x00]);
    client.engine.received(10, 0);
    client.expectOutput('e0 00');
    expect(client.closed()).toMatchObject({ clean: true, error: { by: 'local' } });
    client.expectNoMessage();
    client.connect(SESSION_PRESENT);
    client.feed('30 05 00 01 61 00 79');
    expect(client.texts()).toEqual(['y']);
  });

  it('for an error leave what had arrived before as it is', () => {
    const client = new Client().connect();
    client.feed('30 05 00 01 61 00 78');
    const room = client.engine.inputRoom(0)!;
    client.engine.fail(0, new Error('mine') as never, 0x83);
    room.set([0x30, 0x05, 0x00, 0x01, 0x61, 0x00, 0x79]);
    client.engine.received(7, 0);
    client.expectOutput('e0 01 83');
    expect(client.texts()).toEqual(['x']);
  });
});

describe('the session expiry of our DISCONNECT', () => {
  it('0 ends the session with the connection', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.engine.disconnect(0, { properties: { sessionExpiryInterval: 0 } });
    client.expectOutput('e0 07  00  05  11 00 00 00 00');
    expect(operation.state).toBe('invalidated');
    client.engine.start(0);
    expect(client.output()).toMatch(/^10 18 00 04 4d 51 54 54 05 02/);
  });

  it('is in force only once it has left', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.engine.disconnect(0, { properties: { sessionExpiryInterval: 0 } });
    client.write(8);
    client.cut();
    expect(operation.state).toBe('pending');
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 01 00');
  });

  it('keeps a session whose CONNACK gave it no time', () => {
    const client = new Client().connect('20 08  00 00  05 11 00 00 00 00');
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.engine.disconnect(0, { properties: { sessionExpiryInterval: 60 } });
    client.output();
    expect(operation.state).toBe('pending');
    client.connect(SESSION_PRESENT);
  });

  it('cannot give time that CONNECT did not ask for', () => {
    const client = new Client({ sessionExpiryInterval: 0 }).connect();
    expect(errorOf(() => client.engine.disconnect(0, { properties: { sessionExpiryInterval: 60 } }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-argument',
    });
    expect(client.engine.state).toBe('connected');
    client.engine.disconnect(0, { properties: { sessionExpiryInterval: 0 } });
    client.expectOutput('e0 07  00  05  11 00 00 00 00');
  });
});

describe('the broker’s DISCONNECT', () => {
  it('[MQTT-4.13.2-1] [MQTT-3.1.4-3] ends the connection at once, without an answer', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.feed('e0 01 8e  30 05 00 01 61 00 78');
    expect(client.closed()).toMatchObject({
      clean: false,
      error: { name: 'DisconnectedError', by: 'broker', reasonCode: 0x8e },
    });
    client.expectNoMessage();
  });

  it('tells why, and where to go', () => {
    const client = new Client().connect();
    client.feed('e0 15  9c  13  1f 00 04 6d 6f 76 65  1c 00 02 61 62  26 00 01 6b 00 01 76');
    expect(client.closed().error).toMatchObject({
      by: 'broker',
      reasonCode: 0x9c,
      reasonString: 'move',
      serverReference: 'ab',
      userProperties: [['k', 'v']],
      message: expect.stringMatching(/move/) as string,
    });
  });

  it.each([
    ['e0 00', 0],
    ['e0 01 00', 0],
    ['e0 02 00 00', 0],
    ['e0 01 8c', 0x8c],
    ['e0 01 9b', 0x9b],
  ])('may be %s', (packet, reasonCode) => {
    const client = new Client().connect();
    client.feed(packet);
    expect(client.closed().error).toMatchObject({ by: 'broker', reasonCode });
  });

  it('of 0x00 keeps the session as well', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.feed('e0 00');
    client.closed();
    expect(operation.state).toBe('pending');
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 01 00');
  });

  it('after ours has been given to the transport is not looked at', () => {
    const client = new Client().connect();
    client.engine.disconnect(0);
    expect(client.lend()).toBe('e0 00');
    expect(client.engine.inputRoom(0)).toBeNull();
    client.sent(2);
    expect(client.closed()).toMatchObject({ clean: true, error: { by: 'local' } });
  });
});

describe('a DISCONNECT for an error', () => {
  it('follows the packet being written, and skips what is queued', () => {
    const client = new Client().connect();
    const lost = client.publish({ topic: 'a', payload: 'x' });
    client.write(3);
    const kept = client.publish({ topic: 'b', qos: 1 });
    const dropped = client.publish({ topic: 'c' });
    client.feed('00 00');
    client.expectOutput('01 61 00 78', 'e0 01 81');
    client.closed();
    expect(lost.state).toBe('complete');
    expect(dropped.state).toBe('invalidated');
    expect(kept.state).toBe('pending');
    client.connect(SESSION_PRESENT);
    client.expectOutput('32 06 00 01 62 00 01 00');
  });

  it('follows the write that is outstanding', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', payload: 'x' });
    expect(client.lend()).toBe('30 05 00 01 61 00 78');
    client.publish({ topic: 'b', qos: 1 });
    client.feed('00 00');
    expect(client.engine.output()).toBeNull();
    client.sent(2);
    client.expectOutput('00 01 61 00 78', 'e0 01 81');
  });

  it('has a second to leave', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', payload: 'x' });
    client.lend();
    client.nowMs = 10_000;
    client.feed('00 00');
    expect(client.engine.deadlineMs).toBe(11_000);
    client.engine.tick(11_000);
    expect(client.closed()).toMatchObject({
      clean: false,
      error: { by: 'protocol', reasonCode: 0x81, cause: { code: 'invalid-packet' } },
    });
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('that meets the end of the stream is still the reason', () => {
    const client = new Client().connect();
    client.feed('00 00');
    const [closed] = client.cut();
    expect(closed).toMatchObject({ error: { by: 'protocol', reasonCode: 0x81 } });
  });

  it('of the application’s own choosing is fail()', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a' });
    const error = new Error('my own');
    client.engine.fail(0, error as never, 0x83);
    client.engine.fail(0, new Error('later') as never, 0x80);
    client.expectOutput('e0 01 83');
    expect(client.closed()).toMatchObject({ error, clean: false });
    client.engine.fail(0, error as never, 0x83);
    expect(client.happened()).toEqual([]);
  });
});

describe('the end of the stream', () => {
  it('is how the connection ended, and is told once', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a' });
    const error = new Error('reset');
    client.engine.ended(0, error as never);
    expect(client.closed()).toMatchObject({ error, clean: false });
    client.engine.ended(0, error as never);
    expect(client.happened()).toEqual([]);
  });

  it('leaves no deadline behind', () => {
    const client = new Client({ keepAlive: 10, receiveStallMs: 100, rx: 64 }).connect();
    client.offer('30 05 00 01 61 00 78'.repeat(20));
    client.cut();
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    client.engine.tick(1e9);
    expect(client.happened()).toEqual([]);
    expect(client.engine.hasOutput).toBe(false);
  });

  it('comes with a last word that was waiting: the broker’s DISCONNECT and what is before it', () => {
    const client = new Client({ tx: 64, txReserve: 16, rx: 256 }).connect();
    const first = client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(40) });
    expect(client.lend()).toMatch(/^32/);
    // There is room for the answers to three PUBRELs, and no more.
    client.feed('62 02 00 01  62 02 00 02  62 02 00 03  62 02 00 04  30 05 00 01 61 00 78  40 02 00 01  e0 01 8b');
    expect(client.engine.hasMessage).toBe(false);
    expect(client.cut()).toContainEqual(
      expect.objectContaining({ kind: 'closed', error: expect.objectContaining({ by: 'broker', reasonCode: 0x8b }) }),
    );
    expect(client.texts()).toEqual(['x']);
    expect(first.state).toBe('complete');
  });
});

it('a new connection begins with nothing of the old one', () => {
  const client = new Client({ keepAlive: 10 }).connect();
  client.feed('30 ff');
  client.publish({ topic: 'a' });
  client.write(2);
  client.nowMs = 8000;
  client.engine.tick(8000);
  client.cut();
  client.connect(CONNACK);
  client.expectOutput();
  client.feed('30 05 00 01 61 00 78');
  expect(client.texts()).toEqual(['x']);
  expect(client.engine.deadlineMs).toBe(15_500);
});
