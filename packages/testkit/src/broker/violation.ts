import { PeerError } from '@minimq/core';
import { ReasonCode } from '@minimq/core/codec';

/** A client has broken a rule that goes beyond one packet; `section` is where the standard says so. */
export function violation(reasonCode: ReasonCode, section: string, what: string): PeerError {
  return new PeerError('invalid-packet', `${what} [MQTT 5.0, ${section}]`, { reasonCode, section });
}

export function protocolError(section: string, what: string): PeerError {
  return violation(ReasonCode.protocolError, section, what);
}

/** Matches on the code, since two copies of the core may be loaded. */
export function isViolation(error: unknown): error is PeerError {
  return error instanceof Error && 'code' in error && error.code === 'invalid-packet';
}
