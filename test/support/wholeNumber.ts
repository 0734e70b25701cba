import { InvalidArgumentError } from "commander";

/** An option's value: a number of rounds, or a seed. @throws InvalidArgumentError, which commander shows */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 2 ** 31 - 1)
    throw new InvalidArgumentError("use a whole number from 1 to 2147483647");
  return number;
}
