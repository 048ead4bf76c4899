import { TransportError } from '@minimq/core';

const MEANINGS: Readonly<Record<number, string>> = {
  1001: 'going away',
  1002: 'protocol error',
  1003: 'data not supported',
  1006: 'no closing handshake',
  1007: 'invalid data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'internal error',
  1012: 'restarting',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS failed',
};

/** Why a WebSocket was closed, in words: its close code and the server's own reason. */
export function closeError(code: number, reason: string, cause?: unknown): TransportError {
  const said = reason && `, ${JSON.stringify(reason)}`;
  return new TransportError(
    'transport-failed',
    `The WebSocket was closed: ${code} ${MEANINGS[code] ?? ''}${said}`.trimEnd(),
    { cause },
  );
}
