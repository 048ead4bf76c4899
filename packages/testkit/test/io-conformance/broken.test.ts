import type { Io } from '@minimq/core';
import { ioConformance, linkPair, memoryLink } from '@minimq/testkit';
import type { IoConformanceOptions } from '@minimq/testkit';
import { describe, expect, it } from 'vitest';
import { brokenIos } from './broken-ios.ts';
import { cappedIo } from './capped-io.ts';
import { failingCases } from './failing-cases.ts';

const IN_TRANSIT_MAX_BYTES = 100_000;

/** What the suite says of an `Io` around the end of a link in memory. */
function judge(wrap: (io: Io) => Io, options: Partial<IoConformanceOptions> = {}): ReturnType<typeof failingCases> {
  return failingCases(
    ioConformance({
      name: 'broken',
      open: () => linkPair(memoryLink({ server: { answers: 'microtask' } }), wrap),
      inTransitMaxBytes: IN_TRANSIT_MAX_BYTES,
      volumeBytes: 10 * IN_TRANSIT_MAX_BYTES,
      limitMs: 50,
      ...options,
    }),
  );
}

const caughtBy: Readonly<Record<keyof typeof brokenIos, readonly string[]>> = {
  'settles a write before it has copied the bytes': [
    'writes of one byte each arrive in order',
    'bytes may be overwritten as soon as their write has settled',
    'after close no buffer of a write is used',
    'after close read gives 0 or rejects, and write rejects',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'write waits for a peer that does not read',
    'a stream far longer than what may be under way is written from a small buffer',
  ],
  'keeps the bytes of a write that has to wait': [
    'bytes may be overwritten as soon as their write has settled',
    'write waits for a peer that does not read',
    'a stream far longer than what may be under way is written from a small buffer',
  ],
  'detaches the bytes of a write': [
    'write takes bytes from the start and says how many',
    'writes of one byte each arrive in order',
    'write sends nothing from outside of the view, and changes nothing',
    'write does not detach the buffer',
    'bytes may be overwritten as soon as their write has settled',
    'flush settles, and what was written then arrives',
    'once the peer has ended its stream, write still works or fails cleanly',
    'a pending write settles when the peer resets the connection',
    'close settles a pending write',
    'after close no buffer of a write is used',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'write waits for a peer that does not read',
    'a stream far longer than what may be under way is written from a small buffer',
  ],
  'detaches the buffer of a read': [
    'read puts bytes at the start of the buffer and says how many',
    'read never gives more than the buffer holds',
    'read touches nothing outside of the view',
    'read stays pending while there is no data',
    'read does not use a buffer once it has settled',
    'read does not detach the buffer',
    'reads of one byte each give everything in order',
    'read gives 0 when the peer ends its stream, after all that came before',
    'a pending read resolves with 0 when the peer ends its stream',
    'after the end read gives 0 again and again',
    'once the peer has ended its stream, write still works or fails cleanly',
    'after close no buffer of a read is touched',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'a peer whose bytes are not read has to wait',
    'a stream far longer than what may be under way is read through a small buffer',
  ],
  'says 0 where there is no data': [
    'read stays pending while there is no data',
    'close settles a pending read: with 0, or it rejects',
    'after close no buffer of a read is touched',
  ],
  'lets a read time out': [
    'read stays pending while there is no data',
    'close settles a pending read: with 0, or it rejects',
    'after close no buffer of a read is touched',
  ],
  'says the end once and then nothing': ['after the end read gives 0 again and again'],
  'rejects at the end of the stream': [
    'read gives 0 when the peer ends its stream, after all that came before',
    'a pending read resolves with 0 when the peer ends its stream',
    'after the end read gives 0 again and again',
    'once the peer has ended its stream, write still works or fails cleanly',
  ],
  'drops what has not been read when the peer ends': [
    'read gives 0 when the peer ends its stream, after all that came before',
    'after the end read gives 0 again and again',
  ],
  'leaves a read pending when it is closed': [
    'close settles a pending read: with 0, or it rejects',
    'after close no buffer of a read is touched',
    'after close read gives 0 or rejects, and write rejects',
  ],
  'leaves a write pending when it is closed': [
    'a pending write settles when the peer resets the connection',
    'close settles a pending write',
  ],
  'throws when it is closed twice': ['close twice is fine'],
  'never has closed': [
    'once the peer has ended its stream, write still works or fails cleanly',
    'close releases the stream, and the peer hears of it',
    'close settles a pending read: with 0, or it rejects',
    'close settles a pending write',
    'close twice is fine',
    'after close no buffer of a read is touched',
    'after close no buffer of a write is used',
    'after close read gives 0 or rejects, and write rejects',
  ],
  'does not release the stream when it is closed': [
    'close releases the stream, and the peer hears of it',
    'after close no buffer of a read is touched',
    'after close no buffer of a write is used',
  ],
  'accepts writes after it was closed': ['after close read gives 0 or rejects, and write rejects'],
  'puts bytes into the buffer of a read after it was closed': ['after close no buffer of a read is touched'],
  'goes on with a write after it was closed': ['after close no buffer of a write is used'],
  'reads everything into memory': [
    'a peer whose bytes are not read has to wait',
    'a stream far longer than what may be under way is read through a small buffer',
  ],
  'takes every write into memory': [
    'after close read gives 0 or rejects, and write rejects',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'write waits for a peer that does not read',
    'a stream far longer than what may be under way is written from a small buffer',
  ],
  'loses some bytes on the way in': [
    'read never gives more than the buffer holds',
    'reads of one byte each give everything in order',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'a stream far longer than what may be under way is read through a small buffer',
  ],
  'sends again what it has not reported': [
    'write takes bytes from the start and says how many',
    'write sends nothing from outside of the view, and changes nothing',
    'bytes may be overwritten as soon as their write has settled',
    'once the peer has ended its stream, write still works or fails cleanly',
    'after close no buffer of a write is used',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'write waits for a peer that does not read',
    'a stream far longer than what may be under way is written from a small buffer',
  ],
  'changes the order of what is written together': [
    'bytes may be overwritten as soon as their write has settled',
    'after close no buffer of a write is used',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'write waits for a peer that does not read',
  ],
  'says more than the buffer holds': [
    'read never gives more than the buffer holds',
    'read touches nothing outside of the view',
    'reads of one byte each give everything in order',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'a stream far longer than what may be under way is read through a small buffer',
  ],
  'says that nothing was taken': [
    'writes of one byte each arrive in order',
    'everything arrives in order, both ways at once, in pieces of random sizes',
    'a stream far longer than what may be under way is written from a small buffer',
  ],
  'puts what it reads at the start of the memory behind the view': ['read touches nothing outside of the view'],
  'puts a zero behind what it has read': [
    'read touches nothing outside of the view',
    'after close no buffer of a read is touched',
  ],
  'sends the memory behind the view': ['write sends nothing from outside of the view, and changes nothing'],
  'changes the bytes that it writes': ['write sends nothing from outside of the view, and changes nothing'],
  'puts later bytes into the buffer of a read that has settled': ['read does not use a buffer once it has settled'],
  'cannot read a single byte': [
    'reads of one byte each give everything in order',
    'everything arrives in order, both ways at once, in pieces of random sizes',
  ],
  'never has flushed': ['flush settles, and what was written then arrives'],
  'does not notice a reset while it reads': [
    'a pending read ends or rejects when the peer resets the connection',
    'a pending write settles when the peer resets the connection',
  ],
  'writes nothing more and says nothing once the peer has ended': [
    'once the peer has ended its stream, write still works or fails cleanly',
    'after close read gives 0 or rejects, and write rejects',
  ],
  'rejects with something that is no Error': [
    'a pending read ends or rejects when the peer resets the connection',
    'a pending write settles when the peer resets the connection',
  ],
  'says that it cannot hold its peer back, and can': ['says whether it can hold its peer back'],
};

describe('a transport that', () => {
  it.each(Object.entries(caughtBy))('%s', async (name, cases) => {
    const breakIo = brokenIos[name as keyof typeof brokenIos];
    expect(Object.keys(await judge(breakIo))).toEqual(cases);
  });
});

it('every case catches one of them', () => {
  const catching = new Set(Object.values(caughtBy).flat());
  const cases = ioConformance({ name: 'a link', open: () => linkPair(memoryLink()) });
  expect(cases.map(({ name }) => name).filter((name) => !catching.has(name))).toEqual([]);
});

describe('a transport without inbound flow control', () => {
  const inboundCapBytes = 50_000;

  it('passes where it fails past its cap', async () => {
    expect(await judge((io) => cappedIo(io, inboundCapBytes, 'fails'), { inboundCapBytes })).toEqual({});
  });

  it.each([
    ['fails without a word', 'the error past the cap does not say so'],
    ['drops', "past the cap the Io's read() into 65536 bytes stays pending"],
    ['holds on', 'it held 200000 bytes that nobody read, more than 50000'],
  ] as const)('is caught where it %s past its cap', async (pastCap, why) => {
    const failures = await judge((io) => cappedIo(io, inboundCapBytes, pastCap), { inboundCapBytes });
    expect(failures).toEqual({ 'more than the cap is a clear error': why });
  });

  it('is caught where its cap is lower than it says', async () => {
    const failures = await judge((io) => cappedIo(io, inboundCapBytes - 20_000, 'fails'), { inboundCapBytes });
    expect(Object.keys(failures)).toContain('what is not read is kept up to the cap');
  });
});
