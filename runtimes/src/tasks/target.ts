export const TRANSPORTS = ['tcp', 'tls', 'ws', 'wss'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What a program under test is to connect to, and how. */
export interface Target {
  readonly transport: Transport;
  readonly url: string;
  /** The authority that has signed the server's certificate, as PEM; for programs that can be told so. */
  readonly ca: string;
  /** For the platform's WebSocket. */
  readonly preferWebSocketStream: boolean;
}
