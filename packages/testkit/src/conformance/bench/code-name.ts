/** A reason code as the names of cases have it: `0x8B`. */
export function codeName(reasonCode: number): string {
  return `0x${reasonCode.toString(16).toUpperCase().padStart(2, '0')}`;
}
