// Where a property or a reason code stands: the number of the packet type, and `SERVER` more where a server sends it.
// A module of plain constants, which bundlers put in where they are used.

export const CLIENT = 0;
export const SERVER = 16;

/** Not a packet, but it has properties of its own: the will inside a CONNECT. */
export const WILL = 0;
