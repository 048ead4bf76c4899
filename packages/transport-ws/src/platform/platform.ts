// The parts of the platform's two WebSocket interfaces that are used, so that the types of no one platform are needed.

export interface PlatformSocket {
  binaryType: string;
  readonly protocol: string;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: string | ArrayBuffer }) => void) | null;
  /** Browsers say nothing here; other runtimes give a message. */
  onerror: ((event: { readonly message?: string }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
  /** Drops the connection. Browsers and Deno do not have it. */
  terminate?(): void;
}

export interface CloseInfo {
  readonly closeCode?: number | undefined;
  readonly reason?: string | undefined;
}

export interface PlatformStream {
  readonly opened: Promise<{
    readonly readable: {
      getReader(): {
        read(): Promise<{ readonly done: boolean; readonly value?: string | ArrayBuffer | Uint8Array | undefined }>;
      };
    };
    readonly writable: { getWriter(): { readonly ready: Promise<unknown>; write(data: Uint8Array): Promise<unknown> } };
    readonly protocol: string;
  }>;
  /** Rejects, where the connection was lost, with an error that has the same fields. */
  readonly closed: Promise<CloseInfo>;
  close(): void;
}

export interface Platform {
  readonly WebSocket?: new (url: string, protocols: string[]) => PlatformSocket;
  readonly WebSocketStream?: new (url: string, options: { readonly protocols: string[] }) => PlatformStream;
}
