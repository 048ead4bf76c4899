// Clients, and what they send, choose some of the text in a report.

// Controls but for line breaks; what has no width or turns the direction of text around; lone surrogates.
const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text whose invisible characters are written out as `\u{1b}`: it can neither move a cursor nor hide anything. */
export function visible(text: string): string {
  return text.replaceAll(HIDDEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
