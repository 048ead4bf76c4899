import type { WebSocketRequest } from '../options.ts';
import { WebSocketIo } from '../web-socket-io.ts';
import type { PlatformSocket } from './platform.ts';

/** What the platform may hold of ours before a write waits: enough for a fast link between two looks. */
const OUTBOUND_BYTES_MAX = 262_144;
/** No event tells that the platform has sent what it held, so somebody has to look. */
const LOOK_MS = 10;

/** The platform's WebSocket, which cannot slow its server down: what arrives unread is held up to a cap. */
export class SocketIo extends WebSocketIo {
  readonly inboundFlowControl = 'none' as const;
  readonly #socket: PlatformSocket;

  constructor(socket: PlatformSocket, request: WebSocketRequest) {
    super(request);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.received(data, request.inboundBytesMax);
    socket.onclose = ({ code, reason }) => this.ended(code, reason);
  }

  override flush(): void | Promise<void> {
    return this.failure || this.#socket.bufferedAmount > 0 ? this.#heldAtMost(0) : undefined;
  }

  protected send(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    this.#socket.send(bytes);
    return this.#socket.bufferedAmount > OUTBOUND_BYTES_MAX ? this.#heldAtMost(OUTBOUND_BYTES_MAX) : undefined;
  }

  protected pull(): void {}

  protected shut(): void {
    this.#socket.close(); // With no code: the platform allows a page none of those that would fit.
  }

  /** A platform that has no way to drop a connection has been told to close, and is left to itself. */
  protected drop(): void {
    const socket = this.#socket;
    socket.onmessage = socket.onclose = null;
    if (socket.terminate) socket.terminate();
    else socket.close();
    this.ended(1006, '');
  }

  async #heldAtMost(bytes: number): Promise<void> {
    while (!this.failure && this.#socket.bufferedAmount > bytes) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    if (this.failure) throw this.failure;
  }
}
