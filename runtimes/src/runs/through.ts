import type { Transport } from '../scenario/request.ts';
import type { Ran } from './run.ts';

/** Whose WebSocket it is: that of the package `ws`, or one of the two that platforms have. */
export type WebSocketKind = 'ws' | 'WebSocket' | 'WebSocketStream';

/** What the stream under MQTT is made of. */
export type Through = 'node:net' | 'node:tls' | WebSocketKind;

/** What a transport is to go through in a runtime with this WebSocket. */
export function throughOf(transport: Transport, webSocket: WebSocketKind): Through {
  if (transport === 'tcp') return 'node:net';
  return transport === 'tls' ? 'node:tls' : webSocket;
}

/** The WebSocket that was really used. */
export function webSocketOf({ webSocketEntry, report }: Ran): WebSocketKind {
  if (webSocketEntry === 'node.js') return 'ws';
  return report.inboundFlowControl === 'none' ? 'WebSocket' : 'WebSocketStream';
}
