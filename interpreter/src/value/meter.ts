/**
 * Who pays for work on values. Values share their parts, so that sixty steps make a value which takes 2^60 to compare or
 * to print: whatever walks values says here how far it got, and the evaluation that is going on ends the walk by throwing.
 * Values know no evaluation, and evaluation is synchronous: so the meter is one for all, exchanged at the doors of an
 * evaluation. Outside of any, work is free.
 */
export interface Meter {
  /** Work: a unit is about one step of a loop, or 100 bytes. */
  spend(units: number): void;
  /** Text that is made, in UTF-16 units. Call it before making much of it. */
  text(units: number): void;
}

const FREE: Meter = { spend: () => undefined, text: () => undefined };

let meter: Meter = FREE;

/** Puts a meter (or none) in place of the present one, which it returns: put that one back when done. */
export function exchangeMeter(next: Meter | undefined): Meter {
  const previous = meter;
  meter = next ?? FREE;
  return previous;
}

/** Charges for walking over a collection of so many elements. */
export function spendWalk(elements: number): void {
  meter.spend(1 + (elements >> 3));
}

/** Charges for writing a collection of so many elements as text, which costs far more than looking at it. */
export function spendWriting(elements: number): void {
  meter.spend(4 + elements);
}

/** Charges for comparing or scanning a text that is long. */
export function spendScan(length: number): void {
  if (length > LONG) meter.spend(length >> 6);
}

/** Charges for exact arithmetic with a number of so many digits: long numbers cost nearly the square of their length. */
export function spendDigits(digits: number): void {
  if (digits > LONG_NUMBER) meter.spend((digits * digits) / 512);
}

const LONG_NUMBER = 64;

/** Charges for making a text. */
export function spendText(units: number): void {
  meter.text(units);
}

/** Shorter texts are part of the step that handles them. */
const LONG = 1000;
