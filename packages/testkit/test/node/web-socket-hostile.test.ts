import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { MemoryBroker } from '@minimq/testkit';
import { listenWebSocket } from '@minimq/testkit/node';
import { connect } from '../broker-helpers.ts';
import { atEnd } from './closing.ts';
import { dial } from './dial.ts';

// What no WebSocket library sends, byte for byte.

const UPGRADE = [
  'GET /mqtt HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: mqtt',
];
/** A mask of zeros leaves the bytes as they are. */
const MASK = '00 00 00 00';

async function listening() {
  const broker = new MemoryBroker();
  const listener = await listenWebSocket(broker);
  atEnd(async () => {
    listener.cutAll();
    await listener.close();
    await broker.close();
  });
  return listener;
}

/**
 * Sends bytes, and resolves with all that comes until the other side ends it, or until `enough` has come: the HTTP head,
 * and what follows it in hexadecimal.
 */
async function answerTo(port: number, head: readonly string[], frames: string, enough?: RegExp) {
  const socket = connectSocket(port, '127.0.0.1');
  atEnd(() => socket.destroy());
  let received = Buffer.alloc(0);
  const answer = (): { head: string; body: string } => {
    const end = received.indexOf('\r\n\r\n') + 4;
    return { head: received.subarray(0, end).toString(), body: received.subarray(end).toString('hex') };
  };
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (enough?.test(answer().body) === true) socket.destroy();
  });
  socket.on('error', () => {});
  const bytes = Buffer.from(frames.replaceAll(' ', ''), 'hex');
  socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]));
  await once(socket, 'close');
  return answer();
}

describe('a WebSocket listener', () => {
  it('takes what comes in one piece with the upgrade', async () => {
    const { port } = await listening();
    const connack = /^82052003000000$/;
    const frames = `82 90 ${MASK} 10 0e 00 04 4d 51 54 54 05 02 00 3c 00 00 01 63`;
    const { head, body } = await answerTo(port, UPGRADE, frames, connack);
    expect(body).toMatch(connack);
    expect(head).toMatch(/^HTTP\/1\.1 101 [^]*\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    expect(head).toContain('\r\nSec-WebSocket-Protocol: mqtt\r\n');
  });

  it.each([
    ['a frame without a mask', '82 02 c0 00', '03ea'],
    ['a reserved bit', `c2 80 ${MASK}`, '03ea'],
    ['an opcode that does not exist', `83 80 ${MASK}`, '03ea'],
    ['a fragment of nothing', `80 80 ${MASK}`, '03ea'],
    ['a ping in fragments', `09 80 ${MASK}`, '03ea'],
    ['a length of 8 exabytes', `82 ff 7f ff ff ff ff ff ff ff ${MASK}`, '03f1'],
    ['a length of 16 MiB and 1 byte', `82 ff 00 00 00 00 01 00 00 01 ${MASK}`, '03f1'],
    // The Close frame answers the one that the text has earned.
    ['text', `81 81 ${MASK} 61 88 80 ${MASK}`, '03eb'],
  ])('closes the connection for %s, and goes on', async (_, frames, code) => {
    const { port, url } = await listening();
    const { body } = await answerTo(port, UPGRADE, frames);
    // A Close frame, its length, its code.
    expect(body).toMatch(new RegExp(`^88..${code}`));
    const { send, take, stream } = await dial(url);
    send(connect());
    expect(await take(1)).toBe('20');
    stream.destroy();
  });

  it.each([
    ['another upgrade', UPGRADE.map((line) => line.replace('websocket', 'h2c')), 400],
    ['another version', UPGRADE.map((line) => line.replace('13', '12')), 400],
    ['a key of the wrong length', UPGRADE.map((line) => line.replace('dGhl', '')), 400],
    ['no HTTP', ['\u0010\u000e'], 400],
    ['headers without end', [...UPGRADE, `X: ${'x'.repeat(100_000)}`], 431],
  ])('refuses %s', async (_, head, status) => {
    const { port } = await listening();
    expect((await answerTo(port, head, '')).head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});
