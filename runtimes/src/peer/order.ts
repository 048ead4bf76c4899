// How the page under test commands the other end of its stream, over a WebSocket of its own: one message for an order,
// one for its answer. Answers to orders of one kind come in their order; a read may wait while a write goes on.
//   order:  1 byte which, then for a read how many bytes at most (4 bytes), for a write the bytes
//   answer: 1 byte which, 1 byte 0; then for a read the bytes (none: the end), for a write how many (4 bytes)
//        or 1 byte which, 1 byte 1; then the message of the error

export const Order = { read: 1, write: 2, end: 3, reset: 4, close: 5, turn: 6 } as const;
export type Order = (typeof Order)[keyof typeof Order];

export interface OrderMessage {
  readonly order: Order;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface AnswerMessage extends OrderMessage {
  readonly isError: boolean;
}

export const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);

export function encodeOrder({ order, body }: OrderMessage): Uint8Array<ArrayBuffer> {
  return joined([order], body);
}

export function decodeOrder(bytes: Uint8Array<ArrayBuffer>): OrderMessage {
  return { order: orderOf(bytes), body: bytes.subarray(1) };
}

export function encodeAnswer({ order, isError, body }: AnswerMessage): Uint8Array<ArrayBuffer> {
  return joined([order, isError ? 1 : 0], body);
}

export function decodeAnswer(bytes: Uint8Array<ArrayBuffer>): AnswerMessage {
  return { order: orderOf(bytes), isError: bytes[1] === 1, body: bytes.subarray(2) };
}

export function encodeCount(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count);
  return bytes;
}

export function decodeCount(bytes: Uint8Array<ArrayBuffer>): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
}

function orderOf(bytes: Uint8Array): Order {
  const order = Object.values(Order).find((each) => each === bytes[0]);
  if (order === undefined) throw new RangeError(`There is no order ${bytes[0]}`);
  return order;
}

function joined(head: readonly number[], body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
