import { WebSocket } from 'ws';
import type { CloseInfo, PlatformStream } from '../src/platform/platform.ts';

type Opened = Awaited<PlatformStream['opened']>;

/** What Chromium's WebSocketStream does, over `ws`: backpressure both ways, and it detaches what it is given to send. */
export class FakeWebSocketStream implements PlatformStream {
  readonly opened: Promise<Opened>;
  readonly closed: Promise<CloseInfo>;
  readonly #socket: WebSocket;

  constructor(url: string, { protocols }: { readonly protocols: string[] }) {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false });
    this.#socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.on('open', () => resolve({ ...this.#streams(), protocol: socket.protocol }));
      socket.on('error', reject);
    });
    this.closed = new Promise((resolve, reject) => {
      socket.on('close', (closeCode, reason) => {
        const info: CloseInfo = { closeCode, reason: reason.toString() };
        if (closeCode === 1006) reject(Object.assign(new Error('Lost'), info));
        else resolve(info);
      });
    });
  }

  close(): void {
    const wasOpen = this.#socket.readyState === WebSocket.OPEN;
    this.#socket.close();
    if (wasOpen) this.#socket.resume();
  }

  #streams(): Omit<Opened, 'protocol'> {
    const socket = this.#socket;
    const readable = new ReadableStream<string | ArrayBuffer>({
      start(controller) {
        socket.on('message', (data: Buffer, isBinary) => {
          controller.enqueue(isBinary ? new Uint8Array(data).buffer : data.toString());
          if ((controller.desiredSize ?? 0) <= 0) socket.pause();
        });
        socket.on('close', (code) => {
          if (code === 1006) controller.error(new Error('Lost'));
          else controller.close();
        });
      },
      pull: () => socket.resume(),
      cancel: () => socket.close(),
    });
    const writable = new WritableStream<Uint8Array>({
      write: (chunk) =>
        new Promise((resolve, reject) => {
          const given = structuredClone(chunk, { transfer: [chunk.buffer as ArrayBuffer] });
          socket.send(given, (error) => {
            // A write that is cut off is reported as done.
            if (error || socket.readyState === WebSocket.CLOSED) reject(error ?? new Error('Lost'));
            else if (socket.readyState === WebSocket.OPEN) resolve();
          });
        }),
    });
    return { readable, writable };
  }
}
