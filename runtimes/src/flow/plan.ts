// What is poured through one connection, known to the program under test and to the server.

/** 24 MiB in all: much more than the sockets, the runtimes and the buffers between two sessions hold. */
export const MESSAGE_COUNT = 1_536;
export const PAYLOAD_BYTES = 16_384;
/** What may be on the way, at most. */
export const IN_TRANSIT_MAX_BYTES = 16 * 1_048_576;
export const TOPIC = 'v';

/** Its number in the first four bytes, then bytes that differ from message to message and from place to place. */
export function payloadOf(number: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(PAYLOAD_BYTES);
  for (let index = 4; index < payload.length; index += 1) payload[index] = number + index + (index >> 8);
  new DataView(payload.buffer).setUint32(0, number);
  return payload;
}

/** How many bytes are not those of this message. */
export function wrongBytesOf(number: number, payload: Uint8Array): number {
  const expected = payloadOf(number);
  if (payload.length !== expected.length) return Math.max(payload.length, expected.length);
  let wrongCount = 0;
  for (let index = 0; index < expected.length; index += 1) if (payload[index] !== expected[index]) wrongCount += 1;
  return wrongCount;
}
