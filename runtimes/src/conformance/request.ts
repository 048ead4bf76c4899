import type { WebSocketKind } from '../runs/through.ts';

export interface ConformanceRequest {
  /** Of the `PeerServer`. */
  readonly url: string;
  readonly webSocket: WebSocketKind;
}

export interface ConformanceReport {
  readonly passedCount: number;
  /** Messages, each with the name of its case. */
  readonly failures: readonly string[];
}
