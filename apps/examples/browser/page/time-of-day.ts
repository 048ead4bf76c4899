const format = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** The time of the reader's clock, to the second. */
export function timeOfDay(): string {
  return format.format();
}
