import { InvalidRequestError, ResourceError } from '../errors.ts';

// What a CONNACK rules out is refused here, before a byte is sent.

export function notGranted(what: string): InvalidRequestError {
  return new InvalidRequestError('not-granted', `The broker does not take ${what}: see session.granted`);
}

export function packetTooLarge(length: number, most: number): ResourceError {
  return new ResourceError('packet-too-large', `The packet takes ${length} bytes; the broker takes ${most} at most`);
}

export function bufferTooSmall(length: number, room: number): ResourceError {
  return new ResourceError('buffer-too-small', `The packet takes ${length} bytes; tx has room for ${room}`);
}
