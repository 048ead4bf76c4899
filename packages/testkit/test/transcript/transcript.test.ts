import { describe, expect, it } from 'vitest';
import type { Io } from '@minimq/core';
import { MemoryBroker, memoryLink, Transcript, VirtualTime, type TranscriptLane } from '@minimq/testkit';
import { bytesOfHex, hexOf } from '../../src/transcript/hex.ts';

const CONNECT = '10 0e 00 04 4d 51 54 54 05 02 00 3c 00 00 01 63';
const CONNACK = '20 03 00 00 00';

/** A transcript by hand: `now` is its time. */
function handMade() {
  const clock = { ms: 0, now: () => clock.ms };
  const transcript = new Transcript({ clock });
  const lane = transcript.connection();
  return {
    transcript,
    lane,
    at: (ms: number): TranscriptLane => {
      clock.ms = ms;
      return lane;
    },
  };
}

function exchange(payload = 'x'): Transcript {
  const { transcript, at } = handMade();
  at(0).take('toServer', bytesOfHex(CONNECT));
  at(5).take('toClient', bytesOfHex(CONNACK));
  const publish = [0x32, 6 + payload.length, 0, 1, 0x61, 0, 1, 0, ...new TextEncoder().encode(payload)];
  at(1_500).take('toServer', Uint8Array.from(publish));
  at(1_600).take('toClient', bytesOfHex('50 04 00 01 87 00'));
  at(1_700).take('toServer', bytesOfHex('36 00'));
  at(1_700).take('toServer', bytesOfHex('e0'));
  at(1_800).end('client closes');
  return transcript;
}

describe('a transcript', () => {
  it('prints as a sequence diagram', () => {
    expect(exchange().toString()).toBe(
      [
        '   at ms    client           broker',
        "       0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60",
        '       5  #1  |<--- CONNACK ----|  sessionPresent false',
        "    1500  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1",
        '    1600  #1  |<--- PUBREC -----|  packetId 1, reasonCode 0x87 (not authorized)',
        '    1700  #1  |--- malformed -->|  36 00: PUBLISH has QoS 3 [MQTT 5.0, 3.3.1.2]',
        '    1800  #1  |----- part ----->|  e0',
        '    1800  #1  |  client closes  |',
      ].join('\n'),
    );
  });

  it('prints its end alone, or one connection', () => {
    const { transcript, lane } = handMade();
    const other = transcript.connection();
    lane.take('toServer', bytesOfHex('c0 00'));
    other.take('toServer', bytesOfHex('c0 00 e0 00'));
    expect(transcript.toString({ last: 1 }).split('\n').slice(1)).toEqual(['       0  #2  |-- DISCONNECT -->|']);
    expect(transcript.toString({ connection: 1 }).split('\n').slice(1)).toEqual(['       0  #1  |---- PINGREQ --->|']);
    expect(new Transcript().toString()).toBe('(nothing)');
  });

  it('shows what has passed of a packet, and long values cut off', () => {
    const { transcript, lane } = handMade();
    const payload = Uint8Array.from({ length: 500 }, (_, index) => index % 256);
    lane.take('toClient', Uint8Array.of(0x30, 0xf8, 3, 0, 1, 0x61, 0, ...payload));
    lane.take('toServer', bytesOfHex('82 07'));
    expect(transcript.toString().split('\n').slice(1)).toEqual([
      "       0  #1  |<--- PUBLISH ----|  topic 'a', payload 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f ... (500 bytes), qos 0",
      '       0  #1  |----- part ----->|  82 07',
    ]);
  });

  it('escapes what would break a line', () => {
    const { transcript, lane } = handMade();
    // Topic "a'b", payload "\n\\".
    lane.take('toServer', bytesOfHex('30 08 00 03 61 27 62 00 0a 5c'));
    expect(transcript.toString()).toContain(String.raw`topic 'a\'b', payload 0a 5c, qos 0`);
  });

  it('says which packets there were', () => {
    const transcript = exchange();
    expect(transcript.packets().map(({ packet }) => packet.type)).toEqual(['connect', 'connack', 'publish', 'pubrec']);
    expect(transcript.packets({ direction: 'toClient' }).map(({ atMs }) => atMs)).toEqual([5, 1_600]);
    expect(transcript.packets({ type: 'publish', connection: 1 }).map(({ bytes }) => hexOf(bytes))).toEqual([
      '32 07 00 01 61 00 01 00 78',
    ]);
    expect(transcript.packets({ connection: 2 })).toEqual([]);
  });

  it('forgets the oldest where there are too many', () => {
    const transcript = new Transcript({ entriesMax: 10 });
    const lane = transcript.connection();
    for (let count = 0; count < 25; count += 1) lane.take('toServer', bytesOfHex('c0 00'));
    expect(transcript.entries.length).toBe(10);
    expect(transcript.forgottenCount).toBe(15);
  });
});

describe('a transcript as JSON', () => {
  it('has fields for people and bytes for programs', () => {
    const list: unknown = JSON.parse(JSON.stringify(exchange()));
    expect(list).toEqual([
      {
        atMs: 0,
        connection: 1,
        direction: 'toServer',
        packet: 'CONNECT',
        bytes: CONNECT,
        fields: { clientId: 'c', cleanStart: true, keepAlive: 60 },
      },
      {
        atMs: 5,
        connection: 1,
        direction: 'toClient',
        packet: 'CONNACK',
        bytes: CONNACK,
        fields: { sessionPresent: false, reasonCode: 0 },
      },
      {
        atMs: 1_500,
        connection: 1,
        direction: 'toServer',
        packet: 'PUBLISH',
        bytes: '32 07 00 01 61 00 01 00 78',
        fields: { topic: 'a', payload: '78', qos: 1, retain: false, dup: false, packetId: 1 },
      },
      {
        atMs: 1_600,
        connection: 1,
        direction: 'toClient',
        packet: 'PUBREC',
        bytes: '50 04 00 01 87 00',
        fields: { packetId: 1, reasonCode: 0x87 },
      },
      {
        atMs: 1_700,
        connection: 1,
        direction: 'toServer',
        packet: 'malformed',
        bytes: '36 00',
        problem: 'PUBLISH has QoS 3 [MQTT 5.0, 3.3.1.2]',
      },
      { atMs: 1_800, connection: 1, direction: 'toServer', packet: 'part', bytes: 'e0' },
      { atMs: 1_800, connection: 1, mark: 'client closes', detail: '' },
    ]);
  });

  it('comes back as it was', () => {
    const transcript = exchange();
    const copy = Transcript.fromJSON(JSON.parse(JSON.stringify(transcript)));
    expect(copy.toString()).toBe(transcript.toString());
    expect(copy.diff(transcript, { times: true })).toBe('');
  });
});

describe('two transcripts', () => {
  it('are equal where they say the same, whatever the time', () => {
    const later = handMade();
    later.at(9_000).take('toServer', bytesOfHex(CONNECT));
    const { transcript, lane } = handMade();
    lane.take('toServer', bytesOfHex(CONNECT));
    expect(transcript.equals(later.transcript)).toBe(true);
    expect(transcript.equals(later.transcript, { times: true })).toBe(false);
  });

  it('differ in lines that people can read', () => {
    expect(exchange('x').diff(exchange('y'))).toBe(
      [
        "    #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60",
        '    #1  |<--- CONNACK ----|  sessionPresent false',
        "-   #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1",
        "+   #1  |---- PUBLISH --->|  topic 'a', payload 'y', qos 1, packetId 1",
        '    #1  |<--- PUBREC -----|  packetId 1, reasonCode 0x87 (not authorized)',
        '    #1  |--- malformed -->|  36 00: PUBLISH has QoS 3 [MQTT 5.0, 3.3.1.2]',
        '    #1  |----- part ----->|  e0',
        '  (1 equal line)',
      ].join('\n'),
    );
  });

  it('differ where what is cut off in a line differs', () => {
    const long = 'x'.repeat(60);
    expect(exchange(`${long}a`).equals(exchange(`${long}a`))).toBe(true);
    expect(exchange(`${long}a`).equals(exchange(`${long}b`))).toBe(false);
  });

  it('show what is missing, and what is more', () => {
    const some = (...packets: string[]): Transcript => {
      const { transcript, lane } = handMade();
      for (const packet of packets) lane.take('toServer', bytesOfHex(packet));
      return transcript;
    };
    const ping = 'c0 00';
    const ack = '40 02 00 01';
    const bye = 'e0 00';
    const lines = (text: string): string[] => text.split('\n').map((line) => `${line[0]} ${/[A-Z]+/.exec(line)![0]}`);
    expect(lines(some(ping, ack, bye).diff(some(ping, bye)))).toEqual(['  PINGREQ', '- PUBACK', '  DISCONNECT']);
    expect(lines(some(ping, bye).diff(some(ack, ping, bye, bye)))).toEqual([
      '+ PUBACK',
      '  PINGREQ',
      '+ DISCONNECT',
      '  DISCONNECT',
    ]);
    expect(lines(some(ping, ack).diff(some(bye, ack, ack)))).toEqual([
      '- PINGREQ',
      '+ DISCONNECT',
      '+ PUBACK',
      '  PUBACK',
    ]);
    expect(some().diff(some())).toBe('');
  });
});

describe('recording', () => {
  it('shows what passes an Io, from either side, and how it ends', async () => {
    const { transcript } = handMade();
    const link = memoryLink();
    const client = transcript.record(link.client);
    const broker = transcript.record(link.server, 'broker');
    await client.write(bytesOfHex('c0 00 e0'));
    await client.write(bytesOfHex('00'));
    const buffer = new Uint8Array(16);
    await broker.read(buffer);
    await broker.write(bytesOfHex('d0 00'));
    await client.read(buffer);
    await client.flush();
    await client.close();
    expect(await broker.read(buffer)).toBe(0);
    expect(transcript.toString({ connection: 3 }).split('\n').slice(1)).toEqual([
      '       0  #3  |---- PINGREQ --->|',
      '       0  #3  |-- DISCONNECT -->|',
      '       0  #3  |<-- PINGRESP ----|',
      '       0  #3  |  client closes  |',
    ]);
    expect(transcript.toString({ connection: 2 }).split('\n')).toHaveLength(5);
  });

  it.each([
    ['an array', bytesOfHex('c0 00')],
    ['a Node Buffer', Buffer.from('c000', 'hex')],
  ])('shows a promised answer, with the bytes as they were written out of %s', async (_, bytes) => {
    const { transcript } = handMade();
    const link = memoryLink();
    // The bytes are overwritten as soon as there is an answer, before whoever waits for it has seen it.
    const write = async (lent: Uint8Array<ArrayBuffer>): Promise<number> => {
      const count = await link.client.write(lent);
      lent.fill(0xff);
      return count;
    };
    const { client } = link;
    const io: Io = { read: (b) => client.read(b), write, flush: () => client.flush(), close: () => client.close() };
    expect(await transcript.record(io).write(bytes)).toBe(2);
    expect(transcript.packets().map(({ packet }) => packet.type)).toEqual(['pingreq']);
  });

  it('shows that a stream was lost', async () => {
    const { transcript } = handMade();
    const link = memoryLink();
    const client = transcript.record(link.client);
    const reading = client.read(new Uint8Array(1));
    link.reset();
    await expect(reading).rejects.toThrow('cut');
    expect(() => client.read(new Uint8Array(1))).toThrow('cut');
    expect(transcript.toString()).toContain('lost');
  });

  it('watches the in-memory broker', async () => {
    const time = new VirtualTime();
    const transcript = new Transcript({ clock: time.clock() });
    const broker = new MemoryBroker({ clock: time.clock(), reasonStrings: false, onPacket: transcript.observe });
    const links = [memoryLink(), memoryLink()];
    for (const link of links) {
      broker.accept(link.server);
      await link.client.write(bytesOfHex(CONNECT));
      await time.settle();
    }
    expect(transcript.toString().split('\n').slice(1)).toEqual([
      "       0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60",
      '       0  #1  |<--- CONNACK ----|  sessionPresent false',
      "       0  #2  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60",
      '       0  #1  |<- DISCONNECT ---|  reasonCode 0x8e (session taken over)',
      '       0  #2  |<--- CONNACK ----|  sessionPresent false',
    ]);
    await broker.close();
  });
});
