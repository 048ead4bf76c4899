import process from 'node:process';

/** What runs this, and which version of it; they all call themselves a Node as well. */
export function runtime(): { readonly runtime: string; readonly version: string } {
  for (const name of ['bun', 'deno']) {
    const version = process.versions[name];
    if (version !== undefined) return { runtime: name, version };
  }
  return { runtime: 'node', version: process.versions.node };
}
