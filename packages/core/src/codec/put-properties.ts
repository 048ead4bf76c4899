import { packetTypeName } from './packet-name.ts';
import type { AnyProperties, PropertyName } from './properties.ts';
import { BINARY, FLAG, PAIRS, TOPIC, U16, U32, VARINTS } from './property-kind.ts';
import { isMany, largest, propertyNamed, type Property } from './property-table.ts';
import {
  checkNumber,
  putBinary,
  putByte,
  putText,
  putTopicName,
  putU16,
  putU32,
  putVarint,
  type Target,
} from './put.ts';
import { varintLength } from './varint.ts';
import { invalidArgument } from './violation.ts';

/** The properties that were put last, in their order: the next set mostly has the same ones. */
const recent: (Property | undefined)[] = [];

/** Puts a property set, its length in front. Throws an `InvalidRequestError` like `putPropertyList`. */
export function putProperties(
  target: Target,
  position: number,
  properties: AnyProperties | undefined,
  place: number,
): number {
  if (properties === undefined) return putByte(target, position, 0);
  if (target === null) {
    const length = putPropertyList(null, 0, properties, place);
    return position + varintLength(length) + length;
  }
  // Most sets are shorter than 128 bytes: counting them once more costs more than moving the others.
  const start = position + 1;
  const end = putPropertyList(target, start, properties, place);
  const moved = varintLength(end - start) - 1;
  if (moved > 0) target.copyWithin(start + moved, start, end);
  putVarint(target, position, end - start);
  return end + moved;
}

/**
 * Puts the properties of a set without their length in front. Throws an `InvalidRequestError` for a property that this
 * packet cannot carry or a value that it cannot have. `omit` names one property to leave out.
 */
export function putPropertyList(
  target: Target,
  position: number,
  properties: AnyProperties | undefined,
  place: number,
  omit?: PropertyName,
): number {
  if (properties === undefined) return position;
  let count = 0;
  for (const name in properties) {
    const value: unknown = properties[name as PropertyName];
    if (value === undefined || name === omit) continue;
    const property = recent[count]?.name === name ? recent[count] : propertyNamed(name);
    recent[count++] = property;
    if (property === undefined || ((property.places >>> place) & 1) === 0) {
      throw invalidArgument(`${packetTypeName(place)} cannot carry the property ${name}`);
    }
    if (name === 'authenticationData' && properties!.authenticationMethod === undefined) {
      throw invalidArgument('authenticationData needs an authenticationMethod');
    }
    if (isMany(property)) {
      if (!Array.isArray(value)) throw invalidArgument(`${name} has to be an array`);
      for (const each of value) position = putProperty(target, position, property, each);
    } else position = putProperty(target, position, property, value);
  }
  return position;
}

function putProperty(target: Target, position: number, property: Property, value: unknown): number {
  const { name, kind, least } = property;
  position = putByte(target, position, property.id);
  if (kind <= VARINTS) {
    if (kind === FLAG) {
      if (typeof value !== 'boolean') throw invalidArgument(`${name} has to be true or false`);
      value = +value;
    }
    checkNumber(name, value, least, largest[kind]!);
    const put = kind === U16 ? putU16 : kind === U32 ? putU32 : putVarint;
    return put(target, position, value as number);
  }
  if (kind === PAIRS) {
    if (!Array.isArray(value) || value.length !== 2) {
      throw invalidArgument(`${name} has to be an array of [name, value]`);
    }
    const what = 'A text in userProperties';
    return putText(target, putText(target, position, what, value[0]), what, value[1]);
  }
  if (kind === BINARY) return putBinary(target, position, name, value as Uint8Array);
  return (kind === TOPIC ? putTopicName : putText)(target, position, name, value as string);
}
