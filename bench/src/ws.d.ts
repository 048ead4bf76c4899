// What the benchmarks use of `ws`.
declare module 'ws' {
  import type { AddressInfo } from 'node:net';

  export class WebSocket {
    constructor(url: string, protocols: readonly string[], options?: object);
    readonly bufferedAmount: number;
    send(bytes: Uint8Array, written?: () => void): void;
    pause(): void;
    terminate(): void;
    on(event: 'message', listener: (bytes: Buffer) => void): this;
    on(event: 'open' | 'close', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export class WebSocketServer {
    constructor(options: object);
    address(): AddressInfo;
    close(): void;
    on(event: 'connection', listener: (socket: WebSocket) => void): this;
    on(event: 'listening', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }
}
