/** The end of a script's message: the last lines of its transcript, under one of these headings. */
const TRANSCRIPT = /\n\n {2}(?:So far|The last \d+ of \d+ lines):(?:\n {4}.*)*/;
/** Which step of the script it was, and where in the suite that stands. */
const STEP = /\n\n {2}(?:at {6}|step {4}).*(?:\n {2}step {4}.*)?/;

/** What a script said, for those who do not have the script: without its step, and without what the page shows itself. */
export function ownWords(message: string): string {
  return message.replace(TRANSCRIPT, '').replace(STEP, '').trimEnd();
}
