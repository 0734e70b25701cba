import { randomInt } from "node:crypto";
import type { Fields } from "../provider/values";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";

/** The special characters of terraform-provider-random, where `overrideSpecial` gives no others. */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** Which characters a password or string is made of. */
export interface Alphabet {
  length: number;
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
  overrideSpecial?: string;
}

/** The inputs of RandomPassword and RandomString with their defaults. */
export const ALPHABET_INPUTS = {
  keepers: null,
  length: undefined,
  lower: true,
  upper: true,
  numeric: true,
  number: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
  overrideSpecial: null,
} as const;

/** Problems of an alphabet, as [property, reason]. */
export function validateAlphabet(inputs: Fields): [string, string][] {
  const alphabet = inputs as unknown as Alphabet;
  const least = alphabet.minLower + alphabet.minUpper + alphabet.minNumeric + alphabet.minSpecial;
  const problems: [string, string][] = [];
  if (!Number.isInteger(alphabet.length) || alphabet.length < 1) {
    problems.push(["length", `expected length to be at least 1, got ${alphabet.length}`]);
  } else if (alphabet.length < least) {
    problems.push([
      "length",
      `expected length to be at least the sum of minLower, minUpper, minNumeric and minSpecial (${least}), got ${alphabet.length}`,
    ]);
  }
  if (allowed(alphabet) === "") {
    problems.push(["lower", "at least one of lower, upper, numeric and special must be true"]);
  }
  return problems;
}

/** Draws a string from the system's random source: the least counts first, the rest from all, then shuffled. */
export function drawString(alphabet: Alphabet): string {
  const special = alphabet.overrideSpecial || SPECIAL;
  const drawn = [
    ...draw(LOWER, alphabet.minLower),
    ...draw(UPPER, alphabet.minUpper),
    ...draw(DIGITS, alphabet.minNumeric),
    ...draw(special, alphabet.minSpecial),
  ];
  drawn.push(...draw(allowed(alphabet), alphabet.length - drawn.length));
  for (let i = drawn.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [drawn[i], drawn[j]] = [drawn[j] as string, drawn[i] as string];
  }
  return drawn.join("");
}

/** `number` is the old name of `numeric`; whichever is given counts for both. */
export function mirrorNumeric(inputs: Fields): Fields {
  const numeric = inputs.numeric ?? inputs.number;
  return numeric === undefined ? inputs : { ...inputs, numeric, number: numeric };
}

function allowed(alphabet: Alphabet): string {
  return [
    alphabet.lower ? LOWER : "",
    alphabet.upper ? UPPER : "",
    alphabet.numeric ? DIGITS : "",
    alphabet.special ? alphabet.overrideSpecial || SPECIAL : "",
  ].join("");
}

function draw(characters: string, count: number): string[] {
  return Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));
}
