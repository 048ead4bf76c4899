import { visible } from '../visible.ts';

/** A piece of a page, which may be put into another one as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Markup | readonly Markup[] | undefined;

/** Makes markup of a template; whatever is put into it that is not markup itself is text, and escaped. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const short = parts.map((part) => part.replaceAll(INDENT, '\n'));
  return new Markup(short.map((part, i) => (i === 0 ? part : `${textOf(pieces[i - 1])}${part}`)).join(''));
}

/** What a template has for those who read the source. */
const INDENT = /\s*\n\s*/g;

function textOf(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(({ text }) => text).join('');
  return escapeHtml(String(piece));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
};

/** Text that is only text, in an element and in an attribute in double quotes. */
function escapeHtml(text: string): string {
  return visible(text).replaceAll(/[&<"]/g, (character) => ENTITIES[character]!);
}
