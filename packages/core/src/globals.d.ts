// The few globals that the core uses, declared here so that it compiles without the types of any one platform.

interface TimerHandleObject {
  unref?(): unknown;
}
type TimerHandle = number | TimerHandleObject;

declare function setTimeout(fn: () => void, delayMs: number): TimerHandle;
declare function clearTimeout(handle: TimerHandle | undefined): void;
declare const setImmediate: ((fn: () => void) => unknown) | undefined;
declare function queueMicrotask(fn: () => void): void;
declare const performance: { now(): number };

interface MinimalMessagePort {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  unref?(): void;
}
declare const MessageChannel: (new () => { port1: MinimalMessagePort; port2: MinimalMessagePort }) | undefined;

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
declare class TextEncoder {
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}

declare class AbortController {
  readonly signal: {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(type: 'abort', listener: () => void): void;
    removeEventListener(type: 'abort', listener: () => void): void;
  };
  abort(reason?: unknown): void;
}
