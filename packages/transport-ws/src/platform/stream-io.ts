import type { WebSocketRequest } from '../options.ts';
import { WebSocketIo } from '../web-socket-io.ts';
import type { CloseInfo, PlatformStream } from './platform.ts';

type Opened = Awaited<PlatformStream['opened']>;

/** The platform's WebSocketStream: it has flow control both ways. */
export class StreamIo extends WebSocketIo {
  readonly #stream: PlatformStream;
  readonly #reader: ReturnType<Opened['readable']['getReader']>;
  readonly #writer: ReturnType<Opened['writable']['getWriter']>;
  readonly #inboundBytesMax: number;
  #pulling = false;
  #closeInfo: CloseInfo | undefined;

  constructor(stream: PlatformStream, { readable, writable }: Opened, request: WebSocketRequest) {
    super(request);
    this.#stream = stream;
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.#inboundBytesMax = request.inboundBytesMax;
    stream.closed.then(
      (info) => this.#closed(info),
      (error: CloseInfo) => this.#closed(error),
    );
  }

  /** The stream may keep or detach what it is given, so it gets a copy. Why it fails, `closed` says. */
  protected send(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    return this.#writer.write(new Uint8Array(bytes)).catch(() => new Promise(() => {}));
  }

  protected pull(): void {
    if (!this.#pulling) void this.#pull();
  }

  protected shut(): void {
    this.#stream.close();
  }

  protected drop(): void {
    this.#stream.close();
    this.ended(1006, '');
  }

  /** It tells of its close before what arrived earlier is read: that is taken in first. */
  #closed(info: CloseInfo): void {
    this.#closeInfo = info;
    this.pull();
  }

  async #pull(): Promise<void> {
    this.#pulling = true;
    try {
      while (this.waiting || this.#closeInfo) {
        const { done, value } = await this.#reader.read();
        if (done || value === undefined) break;
        this.received(value, this.#inboundBytesMax);
      }
    } catch {
      // `closed` says why.
    }
    this.#pulling = false;
    if (this.#closeInfo) this.ended(this.#closeInfo.closeCode ?? 1006, this.#closeInfo.reason ?? '');
  }
}
