import { expect } from 'vitest';

// Errors are matched by their fields, as users do.

/** What `run` throws; fails where it throws nothing. */
export function errorOf(run: () => unknown): unknown {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    return error;
  }
  throw new Error(`nothing was thrown; the result is ${JSON.stringify(result)}`);
}

/** Expects the one error for bytes that break the protocol, with one of the given reason codes. */
export function expectInvalidPacket(run: () => unknown, ...reasonCodes: number[]): void {
  const error = errorOf(run);
  expect(error).toMatchObject({
    name: 'PeerError',
    code: 'invalid-packet',
    connectionLost: true,
    message: expect.stringMatching(/^.+ \[MQTT 5\.0, [1-4](\.\d+)+\]$/) as string,
    section: expect.stringMatching(/^[1-4](\.\d+)+$/) as string,
  });
  expect(reasonCodes).toContain((error as { reasonCode: number }).reasonCode);
}

/** Expects the one error for a caller's mistake. */
export function expectInvalidArgument(run: () => unknown, message: RegExp = /./): void {
  expect(errorOf(run)).toMatchObject({
    name: 'InvalidRequestError',
    code: 'invalid-argument',
    connectionLost: false,
    message: expect.stringMatching(message) as string,
  });
}
