/** Characters: what nobody reads to its end, like a packet of 64 KiB in hex. */
const LINE_MAX = 400;

/** The same text; of lines that are very long it has the beginning, and how long they are. */
export function shortLines(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.length <= LINE_MAX ? line : `${line.slice(0, LINE_MAX)}... (${line.length} characters)`))
    .join('\n');
}
