import { InvalidRequestError, PeerError } from '../errors.ts';
import { ReasonCode } from './reason-code.ts';

// The two ways in which bytes can be wrong (section 4.13), and the one in which a caller can be. Each function makes the
// error; who found it throws it.

/** The bytes cannot be a packet. `section` is where the standard says so. */
export function malformed(section: string, what: string): PeerError {
  return violation(ReasonCode.malformedPacket, section, what);
}

/** The packet can be read, but must not be sent like this, or now. */
export function protocolError(section: string, what: string): PeerError {
  return violation(ReasonCode.protocolError, section, what);
}

export function violation(reasonCode: ReasonCode, section: string, what: string): PeerError {
  return new PeerError('invalid-packet', `${what} [MQTT 5.0, ${section}]`, { reasonCode, section });
}

export function invalidArgument(what: string): InvalidRequestError {
  return new InvalidRequestError('invalid-argument', what);
}
