import type { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { WebSocketRequest } from '../options.ts';
import { WebSocketIo } from '../web-socket-io.ts';
import { Pongs } from './pongs.ts';

/** The bytes of the smallest header of a frame. */
const HEADER_BYTES = 2;

/**
 * A WebSocket of `ws`. It is paused while nobody reads. What had left the operating system by then still arrives, one
 * read of its socket (64 KiB) and one message at most, and waits in the inbox; `ws` refuses longer messages.
 */
export class SocketIo extends WebSocketIo {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  #cause: unknown;
  /** Since the last message: `ws` keeps what came in one piece with a part of a message, control frames included. */
  #controlBytes = 0;

  /** `stream` is what `socket` runs over. */
  constructor(socket: WebSocket, stream: Duplex, request: WebSocketRequest) {
    super(request);
    this.#socket = socket;
    this.#stream = stream;
    const pongs = new Pongs(socket);
    const { inboundBytesMax } = request;
    const onControl = (data: Buffer): void => {
      this.#controlBytes += HEADER_BYTES + data.length;
      if (this.#controlBytes > inboundBytesMax) {
        this.breakOff(1008, `The server sent ${this.#controlBytes} bytes of pings and no message: a flood`);
      }
    };
    socket.on('message', (data: Buffer, isBinary) => {
      this.#controlBytes = 0;
      this.received(isBinary ? data : '', Infinity);
      if (!this.waiting && !this.failure) socket.pause();
    });
    socket.on('ping', (data) => {
      pongs.answer(data);
      onControl(data);
    });
    socket.on('pong', onControl);
    socket.on('error', (error) => this.breakOff(1002, explain(error, inboundBytesMax), error));
    socket.on('close', (code, reason) => this.ended(code, reason.toString(), this.#cause));
    // `ws` tells of neither: why its socket failed, and an end of the stream while we have something left to write.
    stream.on('error', (error) => {
      this.#cause = error;
    });
    stream.on('end', () => this.streamEnded());
    socket.pause();
  }

  /** `ws` copies a frame as it masks it. Where nothing is left in its socket, the copy is the operating system's. */
  protected send(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) return new Promise(() => {}); // Its 'close' is on the way and says why.
    let settle: ((error?: Error | null) => void) | undefined;
    socket.send(bytes, { binary: true }, (error) => settle?.(error));
    if (socket.bufferedAmount === 0) return undefined;
    return new Promise((resolve, reject) => {
      settle = (error) => {
        // Where the socket was destroyed, an error or none says little: its 'close' says why. (A write that was cut
        // off by that is reported as done.)
        if (this.#stream.destroyed || socket.readyState === WebSocket.CLOSED) return;
        if (error) reject(error);
        else resolve();
      };
    });
  }

  protected pull(): void {
    this.#socket.resume();
  }

  protected shut(code: number): void {
    this.#socket.close(code);
    this.#socket.resume(); // For the server's close frame to arrive.
  }

  protected drop(): void {
    this.#socket.terminate();
  }
}

function explain(error: Error, inboundBytesMax: number): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
    ? `The server sent a message of more than inboundBytesMax (${inboundBytesMax}) bytes`
    : `The server broke the WebSocket protocol: ${error.message}`;
}
