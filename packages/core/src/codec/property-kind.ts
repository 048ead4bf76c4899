// The kinds of property values. A module of plain constants, which bundlers put in where they are used.

export const BYTE = 0; // 0 or 1, as a number
export const FLAG = 1; // 0 or 1, as a boolean
export const U16 = 2;
export const U32 = 3;
export const VARINT = 4;
export const VARINTS = 5; // of which a packet may have several, which make up an array
export const PAIRS = 6; // and of this
// From here on no number.
export const TEXT = 7;
export const TOPIC = 8; // text that has to be a topic name
export const BINARY = 9;
