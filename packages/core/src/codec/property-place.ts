// The places that a property may stand in: a bit for the number of each place. A module of plain constants, which bundlers
// put in where they are used.

export const WILL: number = 1 << 0;
export const CONNECT: number = 1 << 1;
export const CONNACK: number = 1 << 18;
export const PUBLISH: number = 1 << 3;
export const DELIVERY: number = 1 << 19; // a PUBLISH of a server
export const MESSAGE: number = WILL | PUBLISH | DELIVERY;
export const SUBSCRIBE: number = 1 << 8;
export const DISCONNECT: number = 1 << 14;
export const SERVER_DISCONNECT: number = 1 << 30;
// These two, and AUTH of either side.
export const AUTHENTICATION: number = CONNECT | CONNACK | (1 << 15) | (1 << 31);
// CONNACK, the acknowledgements, DISCONNECT and AUTH, of either side; as a signed number, which is faster.
export const REASON: number = 0b1100_1010_1111_0100_1100_1010_1111_0100 | 0;
// Every packet that has properties.
export const ALL: number = -1;
