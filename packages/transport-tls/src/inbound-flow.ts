/** Whether the runtime's TLS stands still when it is told to. Deno's goes on, whatever `onread` returns. */
export function canHoldPeerBack(): boolean {
  return !('Deno' in globalThis);
}
