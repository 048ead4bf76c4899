/**
 * Random numbers, 0 <= x < 1, that a seed repeats: the generator sfc32, which has 128 bits of state and is not for
 * secrets. Each `stream` of a seed is a sequence of its own, so that one user's draws do not shift another's.
 */
export function seededRandom(seed: number, stream = 0): () => number {
  let a = seed | 0;
  let b = stream | 0;
  // Seeds of more than 32 bits, such as a time in milliseconds, count in full.
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Seeds that lie close together give unlike sequences only after some rounds.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}
