import { packetTypeName } from './packet-name.ts';
import type { AnyProperties } from './properties.ts';
import { putProperties, putPropertyList } from './put-properties.ts';
import { putByte, type Target } from './put.ts';
import { readProperties } from './read-properties.ts';
import type { Reader } from './reader.ts';
import { describeReasonCode, isReasonCodeAt, type ReasonCode } from './reason-code.ts';
import { invalidArgument } from './violation.ts';

// What the acknowledgements, DISCONNECT and AUTH end with: a reason code and properties, which may be left out.

export interface Reason {
  readonly reasonCode?: ReasonCode | undefined;
  readonly properties?: AnyProperties | undefined;
}

/** In its shortest form: success alone is not said, and neither is that there are no properties. */
export function putReason(
  target: Target,
  position: number,
  { reasonCode = 0, properties }: Reason,
  place: number,
): number {
  checkReasonCode(reasonCode, place);
  const length = putPropertyList(null, 0, properties, place);
  if (length > 0 || reasonCode !== 0) position = putByte(target, position, reasonCode);
  return length > 0 ? putProperties(target, position, properties, place) : position;
}

/** Throws an `InvalidRequestError` where the standard does not allow `code` there. */
export function checkReasonCode(code: number, place: number): void {
  if (isReasonCodeAt(place, code)) return;
  throw invalidArgument(`${packetTypeName(place)} cannot have the reason code ${describeReasonCode(code)}`);
}

/** Success where the packet has ended already; no properties where it ends then. */
export function readReason(reader: Reader): Reason {
  const reasonCode = reader.reasonCode();
  const properties = reader.position < reader.end ? readProperties(reader) : undefined;
  reader.finish();
  return { reasonCode, properties };
}
