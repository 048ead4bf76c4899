import { describe, expect, it } from 'vitest';
import { decodePacket, encodePacket, type PublishPacket } from '@minimq/core/codec';

// One topic in each direction is kept with its bytes: nobody may notice.

const publish = (topic: string): PublishPacket => ({
  type: 'publish',
  topic,
  payload: new Uint8Array(0),
  qos: 0,
  retain: false,
  dup: false,
});

function encoded(topic: string): string {
  const target = new Uint8Array(400).fill(0xaa);
  const end = encodePacket(publish(topic), 'client', target, 1);
  expect([target[0], target[end]]).toEqual([0xaa, 0xaa]);
  return Buffer.from(target.subarray(1, end)).toString('hex');
}

function decoded(hex: string): string {
  return (decodePacket(Buffer.from(hex, 'hex'), 'server') as PublishPacket).topic;
}

describe('a topic that is published to again and again', () => {
  it.each([
    ['a', '30 04 0001 61 00'],
    ['a/b', '30 06 0003 612f62 00'],
    ['é/€', '30 09 0006 c3a92fe282ac 00'],
    ['x'.repeat(64), `30 43 0040 ${'78'.repeat(64)} 00`],
    ['x'.repeat(65), `30 44 0041 ${'78'.repeat(65)} 00`],
    ['x'.repeat(64).concat('é'), `30 45 0042 ${'78'.repeat(64)}c3a9 00`],
  ])('has the same bytes each time: %s', (topic, bytes) => {
    const hex = bytes.replaceAll(' ', '');
    for (let i = 0; i < 4; i++) {
      expect(encoded(topic)).toBe(hex);
      expect(decoded(hex)).toBe(topic);
    }
  });

  it('is not mistaken for another one, of the same length, shorter or longer', () => {
    for (let i = 0; i < 3; i++) encoded('ab');
    expect(encoded('ac')).toBe('3005000261' + '6300');
    expect(encoded('a')).toBe('300400016100');
    expect(encoded('abc')).toBe('3006000361626300');
    expect(encoded('ab')).toBe('300500026162' + '00');
    for (let i = 0; i < 3; i++) expect(decoded('30050002616200')).toBe('ab');
    expect(decoded('30050002616300')).toBe('ac');
    expect(decoded('3004000161' + '00')).toBe('a');
    expect(decoded('3006000361626300')).toBe('abc');
    expect(decoded('30050002616200')).toBe('ab');
  });

  it.each(['', 'a/+', '#', 'a\0', '\ud800'])('that is none is refused each time: %j [MQTT-3.3.2-2]', (topic) => {
    for (let i = 0; i < 4; i++) expect(() => encoded(topic)).toThrow('The topic');
    encoded('a');
    for (let i = 0; i < 3; i++) expect(() => encoded(topic)).toThrow('The topic');
  });

  it.each([
    ['30 05 0002 612b 00', 'wildcard'],
    ['30 05 0002 6100 00', 'UTF-8'],
    ['30 05 0002 61ff 00', 'UTF-8'],
    ['30 03 0000 00', 'neither a topic'],
  ])('that is wrong on the wire is refused each time: %s', (bytes, said) => {
    const hex = bytes.replaceAll(' ', '');
    for (let i = 0; i < 4; i++) expect(() => decoded(hex)).toThrow(said);
    for (let i = 0; i < 3; i++) decoded('30050002616200');
    for (let i = 0; i < 3; i++) expect(() => decoded(hex)).toThrow(said);
  });
});
