import { TransportError } from '@minimq/core';
import { ioConformance, type IoPair } from '@minimq/testkit';
import { streamPeer } from '@minimq/testkit/node';
import { describeCases } from '@minimq/testkit/vitest';
import { INBOUND_BYTES_MAX_DEFAULT } from '@minimq/transport-tls';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytes, rejection } from '../../transport-node/test/support.ts';
import { CappedReader } from '../src/capped-reader.ts';
import { links as heldBack, listenTls, meetTls, meetWrapped, wrappable } from './support.ts';
import type { TlsLink } from './support.ts';

interface Limit {
  readonly inboundBytesMax?: number;
}

const CAP_BYTES = 262_144;
/** A little more than may be under way: encryption takes its time. */
const VOLUME_BYTES = 18 * 1_048_576;
const IN_TRANSIT_MAX_BYTES = 16 * 1_048_576;

const links: readonly { readonly name: string; readonly open: (limit: Limit) => Promise<TlsLink> }[] = [
  { name: 'connectTls', open: async (limit) => meetTls(await listenTls(), limit) },
  ...wrappable.map(({ name, open }) => ({
    name: `wrapTls over ${name}`,
    open: async (limit: Limit) => meetWrapped(await listenTls(), open, limit),
  })),
];

describe('where the runtime cannot hold the server back', () => {
  // What Deno is recognised by.
  beforeEach(() => void vi.stubGlobal('Deno', {}));
  afterEach(() => void vi.unstubAllGlobals());

  for (const { name, open } of links) {
    const openPair = async (): Promise<IoPair> => {
      const { io, peer } = await open({ inboundBytesMax: CAP_BYTES });
      return { io, peer: streamPeer(peer) };
    };
    const limits = {
      inboundCapBytes: CAP_BYTES,
      volumeBytes: VOLUME_BYTES,
      inTransitMaxBytes: IN_TRANSIT_MAX_BYTES,
      limitMs: 20_000,
    };
    describeCases(name, ioConformance({ name, open: openPair, ...limits }));
  }
});

describe('CappedReader', () => {
  it('holds 4 MiB by default', () => {
    expect(INBOUND_BYTES_MAX_DEFAULT).toBe(4_194_304);
  });

  it('takes a backlog in the smallest pieces in little time', async () => {
    const stream = new PassThrough();
    const reader = new CappedReader(stream, INBOUND_BYTES_MAX_DEFAULT);
    const piece = new Uint8Array(16);
    // Moving all of the backlog for each piece would be two terabytes.
    for (let sent = 0; sent < INBOUND_BYTES_MAX_DEFAULT; sent += piece.length) stream.emit('data', piece);
    expect(stream.destroyed).toBe(false);
    expect(await reader.read(new Uint8Array(INBOUND_BYTES_MAX_DEFAULT))).toBe(INBOUND_BYTES_MAX_DEFAULT);
  });

  it('ends the stream past its cap, and says why once everything before it is read', async () => {
    const stream = new PassThrough();
    const reader = new CappedReader(stream, 5);
    stream.on('error', (error) => reader.fail(error));
    const first = reader.read(new Uint8Array(1));
    stream.emit('data', bytes('123456'));
    expect(await first).toBe(1);
    expect(stream.destroyed).toBe(false);
    stream.emit('data', bytes('7'));
    await new Promise((resolve) => stream.once('close', resolve));
    const held = new Uint8Array(9);
    expect(await reader.read(held)).toBe(5);
    expect(held.subarray(0, 5)).toEqual(bytes('23456'));
    const error = await rejection(Promise.resolve(reader.read(held)));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: 'transport-failed',
      message:
        'More than inboundBytesMax (5) bytes have arrived unread: this runtime cannot hold a server back over TLS',
    });
  });

  it('keeps nothing that comes once it is closed', () => {
    const stream = new PassThrough();
    const reader = new CappedReader(stream, 4);
    stream.emit('data', bytes('1234'));
    reader.close();
    stream.emit('data', bytes('12345'));
    expect(stream.destroyed).toBe(false);
  });
});

describe('where the runtime can hold the server back', () => {
  it.each(heldBack)('$name does not say that it cannot', async ({ open }) => {
    const { io } = await open();
    expect(io.inboundFlowControl).toBeUndefined();
  });
});
