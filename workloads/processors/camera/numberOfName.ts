const largest = 2n ** 63n - 1n;

/**
 * The position of a file: all digits of its name, read as one number. So names must rise in time, as those of ffmpeg
 * (`frame-%08d.jpg`, `-strftime 1 %Y%m%d%H%M%S.jpg`) and motion (`%Y%m%d%H%M%S-%q`) do. Undefined for what is no JPEG by its
 * name, or hidden (the way to write a file and rename it when it is whole).
 * @throws Error for a JPEG whose name gives no position
 */
export function numberOfName(name: string): bigint | undefined {
  if (name.startsWith(".") || !/\.jpe?g$/i.test(name)) return undefined;
  const digits = name.replace(/\D/g, "");
  if (digits === "")
    throw new Error(`${name}: no number in the name; name files so that their digits rise, for example frame-%08d.jpg`);
  const number = BigInt(digits);
  if (number > largest) throw new Error(`${name}: ${number} is over ${largest}; use at most 18 digits in a name`);
  return number;
}
