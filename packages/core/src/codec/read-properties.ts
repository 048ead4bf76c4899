import type { AnyProperties } from './properties.ts';
import { BINARY, FLAG, PAIRS, TOPIC, U16, U32, VARINTS } from './property-kind.ts';
import { isMany, largest, propertyOf, type Property } from './property-table.ts';
import type { Reader } from './reader.ts';
import { ReasonCode } from './reason-code.ts';
import { hasWildcardByte } from './topic.ts';

const TOPIC_ALIAS = 0x23;

/** Reads the property block at the cursor. */
export function readProperties(reader: Reader, place?: number): AnyProperties {
  const properties: { [Name in keyof AnyProperties]: unknown } = {};
  scanProperties(reader, properties, place);
  if (properties.authenticationData !== undefined && properties.authenticationMethod === undefined) {
    throw reader.protocolError('4.12', 'has authentication data without a method');
  }
  return properties as AnyProperties;
}

/**
 * Checks the property block at the cursor, moves behind it, fills `into` where it is given, and returns the topic alias
 * (0: none).
 */
export function scanProperties(reader: Reader, into?: Record<string, unknown>, place: number = reader.place): number {
  const { end } = reader;
  const length = reader.varint();
  const blockEnd = reader.position + length;
  if (blockEnd > end) throw reader.malformed('2.2.2.1', 'points behind the packet with its Property Length');
  let topicAlias = 0;
  let seen = 0;
  reader.end = blockEnd;
  while (reader.position < blockEnd) {
    // A Variable Byte Integer, of which no property needs the second byte.
    const id = reader.byte();
    const property = propertyOf(id, place);
    if (property === undefined || ((property.places >>> place) & 1) === 0) {
      const what = `cannot carry the property ${property?.name ?? id}`;
      // Where the packet's table has it, and only the side is wrong: [MQTT-3.3.4-6], [MQTT-3.14.2-2].
      const isOthers = property !== undefined && (property.places & (0x1_0001 << (place & 15))) !== 0;
      throw isOthers ? reader.protocolError('2.2.2.2', what) : reader.malformed('2.2.2.2', what);
    }
    const { name } = property;
    // No packet may carry two properties whose identifiers are 31 apart.
    const bit = isMany(property) ? 0 : 1 << (id % 31);
    if ((seen & bit) !== 0) throw reader.protocolError('2.2.2.2', `repeats the property ${name}`);
    seen |= bit;
    const value = readValue(reader, property, into !== undefined);
    if (id === TOPIC_ALIAS) topicAlias = value as number;
    if (into === undefined) continue;
    if (bit === 0) ((into[name] ??= []) as unknown[]).push(value);
    else into[name] = value;
  }
  reader.end = end;
  return topicAlias;
}

function readValue(reader: Reader, { id, name, kind, least }: Property, wanted: boolean): unknown {
  if (kind <= VARINTS) {
    const value =
      kind <= FLAG ? reader.byte() : kind === U16 ? reader.u16() : kind === U32 ? reader.u32() : reader.varint();
    if (value < least || value > largest[kind]!) {
      const reasonCode = id === TOPIC_ALIAS ? ReasonCode.topicAliasInvalid : ReasonCode.protocolError;
      throw reader.violation(reasonCode, '2.2.2.2', `property ${name} is ${value}`);
    }
    return kind === FLAG ? value === 1 : value;
  }
  if (kind === BINARY) return wanted ? reader.binary() : reader.skip(reader.u16());
  const start = reader.position + 2;
  const text = reader.text(wanted);
  if (kind === PAIRS) {
    const value = reader.text(wanted);
    return wanted ? [text, value] : text;
  }
  if (kind === TOPIC && (start === reader.position || hasWildcardByte(reader.bytes, start, reader.position))) {
    throw reader.protocolError('3.3.2.3.5', `property ${name} is empty or has a wildcard`);
  }
  return text;
}
