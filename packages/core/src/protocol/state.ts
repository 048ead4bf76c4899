/**
 * The states of a connection, as the session reports them, and every way from one to the next.
 *
 * | state           | next            | cause                                                                       |
 * | --------------- | --------------- | --------------------------------------------------------------------------- |
 * | `disconnected`  | `connecting`    | `start()`                                                                   |
 * | `connecting`    | `connected`     | CONNACK 0x00 (with enhanced authentication: after `verified()`)             |
 * |                 | `disconnecting` | the broker breaks the protocol                                              |
 * |                 | `disconnected`  | CONNACK or DISCONNECT of refusal, loss of the stream, `disconnect()`        |
 * | `connected`     | `disconnecting` | `disconnect()`, `fail()`, the broker breaks the protocol                    |
 * |                 | `disconnected`  | DISCONNECT, loss of the stream, no answer to PINGREQ                        |
 * | `disconnecting` | `disconnected`  | our DISCONNECT has left, or could not in time; loss of the stream           |
 */
export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'disconnecting';

const next: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  disconnected: ['connecting'],
  connecting: ['connected', 'disconnecting', 'disconnected'],
  connected: ['disconnecting', 'disconnected'],
  disconnecting: ['disconnected'],
};

/** Whether the table has that step. */
export function isTransition(from: ConnectionState, to: ConnectionState): boolean {
  return next[from].includes(to);
}
