/**
 * Reads every property of a decoded packet, as an application that wants all of them would, so that what is decoded on
 * first use is decoded too.
 */
export function touchProperties(properties: object | undefined): number {
  let present = 0;
  if (properties === undefined) return present;
  for (const name in properties) {
    if ((properties as Readonly<Record<string, unknown>>)[name] !== undefined) present++;
  }
  return present;
}
