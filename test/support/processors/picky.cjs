/**
 * By the start of the value: refuses "bad", makes ten records of "ten", a huge one of "huge" and none of "none", and never
 * returns from "hang".
 */
module.exports = {
  async process({ value }) {
    const text = value.subarray(0, 4).toString();
    if (text.startsWith("bad")) throw new Error("this record is bad");
    if (text === "hang") await new Promise(() => undefined);
    if (text === "huge") return [{ value: Buffer.alloc(5 << 20) }];
    if (text === "none") return [];
    if (text.startsWith("ten")) return Array.from({ length: 10 }, (_, n) => ({ value: Buffer.from(String(n)) }));
    return [{ value }];
  },
};
