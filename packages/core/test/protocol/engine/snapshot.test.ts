import { describe, expect, it } from 'vitest';
import { Client, CONNACK, errorOf, SESSION_PRESENT, u16, type Options } from './client.ts';

// snapshot() and restore: the durable state (section 4.1), exact for the moment it is taken.

/** A process that takes over from `client`. */
function restored(client: Client, options: Options = {}): Client {
  return new Client({ ...options, restore: client.engine.snapshot() });
}

describe('a session that was restored', () => {
  it('resumes as the one it was taken of', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 2 });
    client.publish({ topic: 'b', qos: 2 });
    client.publish({ topic: 'c', qos: 1, payload: 'x', retain: true, properties: { contentType: 't' } });
    client.publish({ topic: 'd' });
    client.subscribe('s');
    client.output();
    client.publish({ topic: 'e', qos: 1 });
    client.feed('50 02 00 02');

    const other = restored(client);
    expect(other.engine.state).toBe('disconnected');
    expect(other.engine.pending.map(({ packetId }) => packetId)).toEqual([2, 1, 3, 5]);
    other.engine.start(0);
    other.expectOutput('10 18  00 04 4d 51 54 54 05 00 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 63');
    other.feed(SESSION_PRESENT);
    other.expectConnected(true);
    other.expectOutput(
      '62 02 00 02',
      '3c 06 00 01 61 00 01 00',
      '3b 0b 00 01 63 00 03 04 03 00 01 74 78',
      '32 06 00 01 65 00 05 00',
    );
    other.feed('70 02 00 02  50 02 00 01  40 02 00 03  40 02 00 05');
    other.expectOutput('62 02 00 01');
    other.feed('70 02 00 01');
    expect(other.engine.pending).toEqual([]);
    expect(other.engine.canPublish(1, 4032)).toBe(true);
    expect(other.publish({ topic: 'f', qos: 1 }).packetId).toBe(6);
  });

  it('is the same whether the connection is alive, lost or not yet there again', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.publish({ topic: 'b', qos: 1 });
    client.write(8);
    const alive = client.engine.snapshot();
    client.cut();
    expect(client.engine.snapshot()).toEqual(alive);
    client.start();
    expect(client.engine.snapshot()).toEqual(alive);
  });

  it('knows what a transport had, to the byte, with a write outstanding or not', () => {
    for (const topicAlias of [undefined, 1]) {
      for (let taken = 0; taken <= 8; taken++) {
        for (const outstanding of [false, true]) {
          const client = new Client().connect('20 06  00 00  03  22 00 01');
          client.publish({ topic: 'a', qos: 1, properties: { topicAlias } });
          client.writeExactly(taken);
          if (outstanding) client.lend();
          const handed = taken > 0 || outstanding;
          for (const connack of [SESSION_PRESENT, CONNACK]) {
            const other = restored(client).connect(connack);
            if (connack === CONNACK && handed) other.expectOutput();
            else other.expectOutput(`${handed ? '3a' : '32'} 06 00 01 61 00 01 00`);
          }
        }
      }
    }
  });

  it('brings the tags back, and names what is still open', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1, tag: 'first' });
    client.publish({ topic: 'b', qos: 2, tag: '' });
    client.publish({ topic: 'c', qos: 2 });
    client.publish({ topic: 'd', qos: 1, tag: 'é' });
    client.output();
    client.feed('50 02 00 02  40 02 00 01');
    const other = restored(client);
    expect(other.engine.pending.map(({ packetId, tag, qos, state }) => ({ packetId, tag, qos, state }))).toEqual([
      { packetId: 2, tag: '', qos: 2, state: 'pending' },
      { packetId: 3, tag: undefined, qos: 2, state: 'pending' },
      { packetId: 4, tag: 'é', qos: 1, state: 'pending' },
    ]);
  });

  it('knows a received QoS 2 message from its acknowledgement on, and not before', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed('34 06 00 01 61 00 01 00  34 06 00 01 62 00 02 00  34 06 00 01 63 00 03 00  34 06 00 01 64 00 04 00');
    const [first, second, third] = [client.receiveOwned(), client.receiveOwned(), client.receiveOwned()];
    second.ack();
    third.ack(0x87);
    const other = restored(client).connect(SESSION_PRESENT);
    other.feed('3c 06 00 01 61 00 01 00  3c 06 00 01 62 00 02 00  3c 06 00 01 63 00 03 00  3c 06 00 01 64 00 04 00');
    const topics: string[] = [];
    for (other.engine.comeBack(); other.engine.hasMessage; other.engine.comeBack())
      topics.push(other.engine.claim().topic);
    expect(topics).toEqual(['a', 'c', 'd']);
    first.ack();
    const later = restored(client).connect(SESSION_PRESENT);
    later.feed('62 02 00 01  62 02 00 02  62 02 00 03');
    later.expectOutput('70 02 00 01', '70 02 00 02', '70 03 00 03 92');
  });

  it('lists what was handed over only once the application came back', () => {
    const client = new Client().connect();
    client.feed('34 07 00 01 61 00 01 00 78');
    client.receive();
    const before = restored(client).connect(SESSION_PRESENT);
    before.feed('3c 07 00 01 61 00 01 00 78');
    expect(before.texts()).toEqual(['x']);
    client.engine.comeBack();
    const after = restored(client).connect(SESSION_PRESENT);
    after.feed('3c 07 00 01 61 00 01 00 78');
    expect(after.texts()).toEqual([]);
    after.expectOutput('50 02 00 01');
  });

  it('lists what the application came back for after the loss', () => {
    const client = new Client().connect();
    client.feed('34 07 00 01 61 00 01 00 78  34 07 00 01 61 00 02 00 79');
    client.receive();
    client.cut();
    client.receive();
    const other = restored(client).connect(SESSION_PRESENT);
    other.feed('3c 07 00 01 61 00 01 00 78  3c 07 00 01 61 00 02 00 79');
    expect(other.texts()).toEqual(['y']);
    other.expectOutput('50 02 00 01', '50 02 00 02');
  });

  it('keeps identifiers out of use that the broker may still connect with something', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.cut();
    client.connect('20 05  01 00  02  24 00');
    client.cut();
    const other = restored(client).connect(SESSION_PRESENT);
    for (let i = 2; i <= 65_535; i++) {
      const { packetId } = other.publish({ topic: 'b', qos: 1 });
      if (packetId !== i) throw new Error(`${packetId} instead of ${i}`);
      other.write();
      other.feed(`40 02 ${u16(i)}`);
    }
    expect(other.publish({ topic: 'b', qos: 1 }).packetId).toBe(2);
  });

  it('has nothing to resume where the original had not', () => {
    const client = new Client();
    const other = restored(client);
    other.engine.start(0);
    other.expectOutput('10 18  00 04 4d 51 54 54 05 02 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 63');
    const ended = new Client({ sessionExpiryInterval: 0 }).connect();
    ended.publish({ topic: 'a', qos: 1 });
    ended.output();
    ended.cut();
    const empty = restored(ended);
    expect(empty.engine.pending).toEqual([]);
    empty.start();
    empty.feed(SESSION_PRESENT);
    empty.expectOutput('e0 01 82');
  });

  it('belongs to its client identifier, an assigned one included', () => {
    const client = new Client().connect();
    expect(errorOf(() => restored(client, { clientId: 'd' }))).toMatchObject({
      name: 'ConfigError',
      code: 'snapshot-client-id',
    });
    expect(restored(client, { clientId: '' }).engine.clientId).toBe('c');
    const assigned = new Client({ clientId: '' }).connect('20 08  00 00  05  12 00 02 78 31');
    const other = restored(assigned, { clientId: '' });
    expect(other.engine.clientId).toBe('x1');
    other.engine.start(0);
    other.expectOutput('10 19  00 04 4d 51 54 54 05 00 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 02 78 31');
  });

  it('needs a tx that holds it', () => {
    const client = new Client().connect();
    for (let i = 0; i < 100; i++) client.publish({ topic: 'a', qos: 1 });
    expect(errorOf(() => restored(client, { tx: 799 }))).toMatchObject({
      name: 'ConfigError',
      code: 'snapshot-too-large',
    });
    const other = restored(client, { tx: 864 }).connect(SESSION_PRESENT);
    other.feed('32 06 00 01 61 00 01 00');
    other.texts();
    expect(other.output()).toMatch(/40 02 00 01/);
    expect(other.engine.pending).toHaveLength(100);
  });

  it('may have more open than the options of today allow: it goes in batches', () => {
    const client = new Client().connect();
    for (let i = 0; i < 3; i++) client.publish({ topic: 'a', qos: 1 });
    client.output();
    const other = restored(client, { inflightMax: 1 }).connect(SESSION_PRESENT);
    for (let i = 1; i <= 3; i++) {
      other.expectOutput(`3a 06 00 01 61 00 0${i} 00`);
      other.feed(`40 02 00 0${i}`);
    }
  });

  it('can be cut and restored again and again', () => {
    let client = new Client().connect();
    client.publish({ topic: 'a', qos: 2, tag: 't' });
    client.output();
    client.feed('34 06 00 01 61 00 09 00');
    client.texts();
    for (let i = 0; i < 5; i++) {
      const snapshot = client.engine.snapshot();
      client = restored(client);
      expect(client.engine.snapshot()).toEqual(snapshot);
      client.connect(SESSION_PRESENT);
      client.expectOutput('3c 06 00 01 61 00 01 00');
    }
    client.feed('50 02 00 01  62 02 00 09');
    client.expectOutput('70 02 00 09', '62 02 00 01');
  });
});

it('bytes that are no snapshot are a ConfigError, whatever they are', () => {
  const client = new Client().connect();
  client.publish({ topic: 'a', qos: 1, tag: 't' });
  client.publish({ topic: 'a', qos: 2 });
  client.output();
  client.feed('50 02 00 02  34 06 00 01 61 00 01 00');
  client.texts();
  const snapshot = client.engine.snapshot();
  const restore = (bytes: Uint8Array): unknown => new Client({ restore: bytes });
  expect(() => restore(snapshot)).not.toThrow();
  for (let length = 0; length < snapshot.length; length++) {
    expect(errorOf(() => restore(snapshot.slice(0, length)))).toMatchObject({
      name: 'ConfigError',
      code: 'snapshot-invalid',
    });
  }
  expect(errorOf(() => restore(new Uint8Array([...snapshot, 0])))).toMatchObject({ code: 'snapshot-invalid' });
  for (let i = 0; i < snapshot.length; i++) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const bytes = snapshot.slice();
      bytes[i]! ^= flip;
      try {
        restore(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ConfigError' });
      }
    }
  }
});
