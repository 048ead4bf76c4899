import type { Transport } from '../tasks/target.ts';
import type { Ran, Runtime } from './run.ts';

/** Whose WebSocket it is: that of the package `ws`, or one of the two that platforms have. */
export type WebSocketKind = 'ws' | 'WebSocket' | 'WebSocketStream';

/** What the stream under MQTT is made of. */
export type Through = 'node:net' | 'node:tls' | WebSocketKind;

/** What a transport is to go through in a runtime with this WebSocket. */
export function throughOf(transport: Transport, webSocket: WebSocketKind): Through {
  if (transport === 'tcp') return 'node:net';
  return transport === 'tls' ? 'node:tls' : webSocket;
}

/** The columns of a check of this transport in this runtime. */
export function columnsOf(
  { name, webSocket }: Runtime,
  transport: Transport,
): { readonly runtime: string; readonly transport: Transport; readonly through: Through } {
  return { runtime: name, transport, through: throughOf(transport, webSocket) };
}

/** The WebSocket that was really used. */
export function webSocketOf({
  webSocketEntry,
  report,
}: Ran<{ readonly inboundFlowControl: 'none' | 'yes' }>): WebSocketKind {
  if (webSocketEntry === 'node.js') return 'ws';
  return report.inboundFlowControl === 'none' ? 'WebSocket' : 'WebSocketStream';
}
