import { describe, expect, it } from 'vitest';
import { Client, SESSION_PRESENT } from './client.ts';

// Section 3.3.2.3.4: topic aliases that the broker uses.

/** Topic and payload of all that has arrived. */
function messages(client: Client): string[] {
  const all: string[] = [];
  for (client.engine.comeBack(); client.engine.hasMessage; client.engine.comeBack()) {
    const message = client.engine.claim();
    all.push(`${message.topic} ${message.text()}`);
  }
  return all;
}

describe('a topic alias of the broker', () => {
  it('[MQTT-3.3.2-10] stands for its topic from its first use on, up to our maximum', () => {
    const client = new Client({ topicAliasMaximum: 10 }).connect();
    client.feed('30 08  00 01 61  03 23 00 01  31   30 08  00 01 62  03 23 00 0a  32');
    client.feed('30 07  00 00  03 23 00 0a  33   30 07  00 00  03 23 00 01  34');
    expect(messages(client)).toEqual(['a 1', 'b 2', 'b 3', 'a 4']);
  });

  it('may be given to another topic: what came before keeps the old one', () => {
    const client = new Client({ topicAliasMaximum: 1 }).connect();
    client.feed(
      [
        '30 08  00 01 61  03 23 00 01  31',
        '30 07  00 00  03 23 00 01  32',
        '30 08  00 01 62  03 23 00 01  33',
        '30 07  00 00  03 23 00 01  34',
        '30 05  00 01 63  00  35',
        '30 07  00 00  03 23 00 01  36',
      ].join(' '),
    );
    expect(messages(client)).toEqual(['a 1', 'a 2', 'b 3', 'b 4', 'c 5', 'b 6']);
  });

  it('is not part of the properties: those can be published as they are', () => {
    const client = new Client({ topicAliasMaximum: 1 }).connect();
    client.feed('30 08  00 01 61  03 23 00 01  31');
    expect(client.receive().properties).toEqual({});
  });

  it('works with every QoS, and is learned from a message that is not handed over', () => {
    const client = new Client({ topicAliasMaximum: 2 }).connect();
    client.feed('34 0a  00 01 61  00 01  03 23 00 01  31');
    expect(messages(client)).toEqual(['a 1']);
    client.feed('3c 0a  00 01 62  00 01  03 23 00 02  31   32 09  00 00  00 02  03 23 00 02  32');
    expect(messages(client)).toEqual(['b 2']);
    client.expectOutput('40 02 00 02', '50 02 00 01', '50 02 00 01');
  });

  it('is learned under discard as well', () => {
    const client = new Client({ topicAliasMaximum: 1, discard: true }).connect();
    client.feed('32 0a  00 01 61  00 01  03 23 00 01  31   32 09  00 00  00 02  03 23 00 01  32');
    expect(client.engine.discardedCount).toBe(2);
    client.expectOutput('40 02 00 01', '40 02 00 02');
  });

  it('[MQTT-3.3.2-7] ends with the connection', () => {
    const client = new Client({ topicAliasMaximum: 1 }).connect();
    client.feed('30 08  00 01 61  03 23 00 01  31');
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('30 07  00 00  03 23 00 01  32');
    client.expectRejected(0x82, /alias 1/);
  });

  it('[MQTT-3.3.2-8] is never 0', () => {
    const client = new Client({ topicAliasMaximum: 1 }).connect();
    client.feed('30 08  00 01 61  03 23 00 00  31');
    client.expectRejected(0x94);
  });

  it.each([
    ['[MQTT-3.1.2-26] above our maximum', 10, '30 08  00 01 61  03 23 00 0b  31'],
    ['while our maximum is 0', 0, '30 08  00 01 61  03 23 00 01  31'],
    ['above our maximum, without a topic', 1, '30 07  00 00  03 23 00 02  31'],
  ])('[MQTT-3.1.2-27] %s is refused with 0x94', (_name, topicAliasMaximum, packet) => {
    const client = new Client({ topicAliasMaximum }).connect();
    client.feed(packet);
    client.expectRejected(0x94);
  });

  it.each([
    ['that stands for nothing', '30 07  00 00  03 23 00 01  31'],
    ['that is missing with the topic', '30 04  00 00  00  31'],
  ])('%s is refused with 0x82', (_name, packet) => {
    const client = new Client({ topicAliasMaximum: 1 }).connect();
    client.feed(packet);
    client.expectRejected(0x82);
  });

  it('is told apart in messages that wait, however they are moved about in rx', () => {
    const client = new Client({ topicAliasMaximum: 3, rx: 64 }).connect();
    client.feed('30 08  00 01 61  03 23 00 01  2d   30 08  00 01 62  03 23 00 02  2d');
    const expected: string[] = [];
    const seen: string[] = messages(client);
    for (let i = 0; i < 200; i++) {
      const text = String(i % 10);
      const [alias, topic] = i % 3 === 0 ? ['02', 'b'] : ['01', 'a'];
      client.feed(`d0 00 30 07  00 00  03 23 00 ${alias}  3${text}  d0 00`, 5);
      expected.push(`${topic} ${text}`);
      if (i % 4 === 3) seen.push(...messages(client));
    }
    expect(seen).toEqual(['a -', 'b -', ...expected]);
  });
});
