import { describe, expect, it } from 'vitest';
import { Client, errorOf, SESSION_PRESENT, u16 } from './client.ts';

// Section 3.3.2.3.4: topic aliases that we use.

/** CONNACKs with Topic Alias Maximum 2. */
const TWO = '20 06  00 00  03  22 00 02';
const TWO_RESUMED = '20 06  01 00  03  22 00 02';

describe('a topic alias of the caller’s', () => {
  it('[MQTT-3.3.2-7] comes with the whole topic first, and then without it', () => {
    const client = new Client().connect(TWO);
    client.publish({ topic: 'a', payload: 'x', properties: { topicAlias: 2 } });
    client.publish({ topic: 'a', payload: 'y', properties: { topicAlias: 2 } });
    client.expectOutput('30 08  00 01 61  03 23 00 02  78', '30 07  00 00  03 23 00 02  79');
  });

  it('may be given to another topic', () => {
    const client = new Client().connect(TWO);
    for (const topic of ['a', 'b', 'b', 'a']) client.publish({ topic, properties: { topicAlias: 1 } });
    client.expectOutput(
      '30 07  00 01 61  03 23 00 01',
      '30 07  00 01 62  03 23 00 01',
      '30 06  00 00  03 23 00 01',
      '30 07  00 01 61  03 23 00 01',
    );
  });

  it('goes with QoS 1 and 2, payloads of any form and other properties', () => {
    const client = new Client().connect(TWO);
    const write = (target: Uint8Array): number => {
      target.set([1, 2]);
      return 2;
    };
    client.publish({ topic: 'a', qos: 1, payload: 'x', properties: { contentType: 't', topicAlias: 1 } });
    client.publish({
      topic: 'a',
      qos: 2,
      payload: { byteLengthMax: 9, write },
      properties: { topicAlias: 1, contentType: 'u' },
    });
    client.expectOutput(
      '32 0e  00 01 61  00 01  07  23 00 01 03 00 01 74  78',
      '34 0e  00 00  00 02  07  23 00 01 03 00 01 75  01 02',
    );
    client.feed('40 02 00 01  50 02 00 02');
    client.expectOutput('62 02 00 02');
  });

  it('[MQTT-3.3.2-9] [MQTT-3.2.2-17] above the broker’s maximum is refused', () => {
    const client = new Client().connect(TWO);
    expect(errorOf(() => client.publish({ topic: 'a', properties: { topicAlias: 3 } }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'not-granted',
    });
    client.expectOutput();
  });

  it('[MQTT-3.2.2-18] is refused where the broker takes none', () => {
    const client = new Client({ automaticTopicAliases: 10 }).connect();
    expect(errorOf(() => client.publish({ topic: 'a', properties: { topicAlias: 1 } }))).toMatchObject({
      code: 'not-granted',
    });
    client.publish({ topic: 'a' });
    client.expectOutput('30 04 00 01 61 00');
  });

  it.each([0, -1, 1.5, 65_536, Number.NaN])('cannot be %s', (topicAlias) => {
    const client = new Client().connect('20 06  00 00  03  22 ff ff');
    expect(errorOf(() => client.publish({ topic: 'a', properties: { topicAlias } }))).toMatchObject({
      name: 'InvalidRequestError',
    });
    client.expectOutput();
  });

  it('needs the topic: the whole form is what is kept', () => {
    const client = new Client().connect(TWO);
    client.publish({ topic: 'a', properties: { topicAlias: 1 } });
    expect(errorOf(() => client.publish({ topic: '', properties: { topicAlias: 1 } }))).toMatchObject({
      code: 'invalid-argument',
    });
  });
});

describe('automatic topic aliases', () => {
  it('[MQTT-3.2.2-17] stay within the broker’s maximum: the least recently used one goes', () => {
    const client = new Client({ automaticTopicAliases: 10 }).connect(TWO);
    for (const topic of ['a', 'b', 'a', 'c', 'a', 'b']) client.publish({ topic });
    client.expectOutput(
      '30 07  00 01 61  03 23 00 01',
      '30 07  00 01 62  03 23 00 02',
      '30 06  00 00  03 23 00 01',
      '30 07  00 01 63  03 23 00 02',
      '30 06  00 00  03 23 00 01',
      '30 07  00 01 62  03 23 00 02',
    );
  });

  it('stay within what is configured', () => {
    const client = new Client({ automaticTopicAliases: 1 }).connect(TWO);
    for (const topic of ['a', 'b', 'b']) client.publish({ topic });
    client.expectOutput('30 07  00 01 61  03 23 00 01', '30 07  00 01 62  03 23 00 01', '30 06  00 00  03 23 00 01');
  });

  it('are not used where the packet would be too long with one', () => {
    // Topic Alias Maximum 2, Maximum Packet Size 10.
    const client = new Client({ automaticTopicAliases: 2 }).connect('20 0b  00 00  08  22 00 02  27 00 00 00 0a');
    client.publish({ topic: 'a', payload: '1234' });
    client.publish({ topic: 'a' });
    client.publish({ topic: 'a', payload: '1' });
    client.publish({ topic: 'a', payload: '123' });
    client.expectOutput(
      '30 08  00 01 61  00  31 32 33 34',
      '30 07  00 01 61  03 23 00 01',
      '30 07  00 00  03 23 00 01  31',
      '30 07  00 01 61  00  31 32 33',
    );
  });

  it('are not used where tx has no room for a second form', () => {
    const client = new Client({ automaticTopicAliases: 2, tx: 128, txReserve: 32 }).connect(TWO);
    client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(60) });
    client.expectOutput(`32 42 00 01 61 00 01 00 ${'00'.repeat(60)}`);
    client.publish({ topic: 'a', payload: 'x' });
    client.expectOutput('30 08  00 01 61  03 23 00 01  78');
  });

  it('give their room back when the packet has left', () => {
    const client = new Client({ automaticTopicAliases: 2, tx: 256, txReserve: 32 }).connect(TWO);
    for (let i = 0; i < 300; i++) {
      const { packetId } = client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(80) });
      client.output();
      client.feed(`40 02 ${u16(packetId)}`);
    }
    expect(client.engine.pending).toEqual([]);
    expect(client.engine.canPublish(0, 224)).toBe(true);
  });

  it('stand aside for the caller’s own', () => {
    const client = new Client({ automaticTopicAliases: 2 }).connect(TWO);
    client.publish({ topic: 'a' });
    client.publish({ topic: 'b', properties: { topicAlias: 1 } });
    client.publish({ topic: 'b' });
    client.publish({ topic: 'a' });
    client.expectOutput(
      '30 07  00 01 61  03 23 00 01',
      '30 07  00 01 62  03 23 00 01',
      '30 06  00 00  03 23 00 01',
      '30 07  00 01 61  03 23 00 02',
    );
  });
});

describe('a publish that is sent again', () => {
  it('never has an alias', () => {
    for (const options of [{}, { automaticTopicAliases: 2 }]) {
      const client = new Client(options).connect(TWO);
      const properties = 'automaticTopicAliases' in options ? {} : { topicAlias: 1 };
      client.publish({ topic: 'a', qos: 1, properties });
      client.publish({ topic: 'a', qos: 2, properties });
      client.expectOutput('32 09  00 01 61  00 01  03 23 00 01', '34 08  00 00  00 02  03 23 00 01');
      client.cut();
      client.connect(TWO_RESUMED);
      client.expectOutput('3a 06  00 01 61  00 01  00', '3c 06  00 01 61  00 02  00');
      // And a new one starts over.
      client.publish({ topic: 'a', properties });
      client.expectOutput('30 07  00 01 61  03 23 00 01');
    }
  });

  it('has DUP where a byte of it was handed over under its alias', () => {
    for (let count = 0; count <= 11; count++) {
      for (const outstanding of [false, true]) {
        const client = new Client().connect(TWO);
        client.publish({ topic: 'a', qos: 1, properties: { topicAlias: 1 } });
        client.writeExactly(count);
        if (outstanding) client.lend();
        client.cut();
        client.connect(TWO_RESUMED);
        client.expectOutput(`${count > 0 || outstanding ? '3a' : '32'} 06  00 01 61  00 01  00`);
      }
    }
  });

  it('may be answered while the packet under its alias is still with the transport', () => {
    const client = new Client({ tx: 256, txReserve: 32 }).connect(TWO);
    const operation = client.publish({
      topic: 'a',
      qos: 1,
      payload: new Uint8Array(80),
      properties: { topicAlias: 1 },
    });
    client.lend();
    client.feed('40 02 00 01');
    expect(operation.state).toBe('complete');
    expect(client.engine.canPublish(0, 224)).toBe(false);
    client.sent(91);
    expect(client.engine.canPublish(0, 224)).toBe(true);
  });

  it('is counted once: the quota knows nothing of its two forms', () => {
    const client = new Client().connect('20 09  00 00  06  22 00 02  21 00 01');
    client.publish({ topic: 'a', qos: 1, properties: { topicAlias: 1 } });
    expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
    client.output();
    client.feed('40 02 00 01');
    client.publish({ topic: 'a', qos: 1 });
    client.cut();
    client.connect(SESSION_PRESENT);
    client.expectOutput('32 06  00 01 61  00 02  00');
  });
});
