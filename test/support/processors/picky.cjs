/** Refuses records whose value starts with "bad", makes ten of those with "ten", a huge one of "huge", none of "none". */
module.exports = {
  async process({ value }) {
    const text = value.subarray(0, 4).toString();
    if (text.startsWith("bad")) throw new Error("this record is bad");
    if (text === "huge") return [{ value: Buffer.alloc(5 << 20) }];
    if (text === "none") return [];
    if (text.startsWith("ten")) return Array.from({ length: 10 }, (_, n) => ({ value: Buffer.from(String(n)) }));
    return [{ value }];
  },
};
