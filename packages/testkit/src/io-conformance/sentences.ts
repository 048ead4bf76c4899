/** What the contract of `Io` says, sentence by sentence. */
export const SENTENCES = {
  readCount: 'Puts 1..buffer.length bytes at the start of `buffer` and returns how many.',
  end: '0 means the peer ended the stream.',
  readPending: 'No data yet means the promise stays pending: a rejection, a timeout included, is a transport failure.',
  writeCount: 'Takes 1..bytes.length bytes and returns how many.',
  overwrite: 'Once it returns or resolves, the caller may overwrite them.',
  flush: 'Returns or resolves once everything written has been handed to the operating system.',
  release: 'Releases the stream.',
  closePending: 'A pending read resolves with 0 or rejects; from the call on, no buffer given is touched.',
  closeTwice: 'Twice is fine.',
  flowControl: 'Set where the platform cannot slow its peer down (the classic browser WebSocket).',
  outstanding: 'An Io is used by one session at a time, with at most one read and one write outstanding.',
  lent: "A transport never detaches or keeps the caller's buffer.",
  spill:
    'A platform that delivers some more after being paused keeps that in a spill whose bound is documented in bytes.',
  cap: 'One without flow control caps what it holds and fails with a clear error past the cap.',
} as const;

export type Sentence = (typeof SENTENCES)[keyof typeof SENTENCES];
