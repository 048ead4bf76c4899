import { fixedHeaders } from './groups/fixed-header.ts';
import { flags, packetIdentifiers, protocols, reasonCodes } from './groups/fields.ts';
import { cutOff, fieldLength, remainingLength, shortened, trailingBytes, whole } from './groups/lengths.ts';
import {
  misplacedProperties,
  missingProperties,
  properties,
  propertiesOutOfRange,
  propertyLengths,
  repeatedProperties,
  unknownProperties,
} from './groups/properties.ts';
import { topics } from './groups/topics.ts';
import { texts } from './groups/utf8.ts';
import { varints } from './groups/varints.ts';
import type { VectorOfGroup, WireVector, WireVectorGroup } from './vector.ts';

export { WIRE_VECTOR_GROUPS, type WireVector, type WireVectorGroup, type WireVerdict } from './vector.ts';

const GENERATORS: Readonly<Record<WireVectorGroup, () => Iterable<VectorOfGroup>>> = {
  whole,
  'cut-off': cutOff,
  shortened,
  'trailing-bytes': trailingBytes,
  'fixed-header': fixedHeaders,
  'remaining-length': remainingLength,
  'field-length': fieldLength,
  varint: varints,
  flags,
  protocol: protocols,
  'packet-identifier': packetIdentifiers,
  'reason-code': reasonCodes,
  property: properties,
  'property-length': propertyLengths,
  'property-repeated': repeatedProperties,
  'property-misplaced': misplacedProperties,
  'property-out-of-range': propertiesOutOfRange,
  'property-unknown': unknownProperties,
  'property-missing': missingProperties,
  'utf-8': texts,
  topic: topics,
};

/**
 * The packets that a decoder of MQTT v5 has to take, refuse or wait for, a few thousand, made anew by each call from the
 * rules of the standard. Where the standard leaves a verdict open, or contradicts itself, there is no vector; what needs
 * to know a connection's past is not for a decoder.
 *
 * @param group Default: all of them.
 */
export function* wireVectors(group?: WireVectorGroup): Generator<WireVector, void, undefined> {
  for (const name of group === undefined ? (Object.keys(GENERATORS) as WireVectorGroup[]) : [group]) {
    for (const vector of GENERATORS[name]()) yield { group: name, ...vector, name: `${name}: ${vector.name}` };
  }
}
