/** An IPv4 subnet as numbers: first and last address. */
export interface AddressRange {
  first: number;
  last: number;
}

/** @param cidr for example `10.244.0.0/16`; already known to be well-formed */
export function rangeOfSubnet(cidr: string): AddressRange {
  const [address = "", length = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(numberOfAddress(address) / size) * size;
  return { first, last: first + size - 1 };
}

/** `10.0.0.1` as a number, for comparing. */
export function numberOfAddress(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(range: AddressRange, address: string): boolean {
  const number = numberOfAddress(address);
  return range.first <= number && number <= range.last;
}
