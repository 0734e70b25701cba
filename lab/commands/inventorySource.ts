import type { Inventory } from "../inventory";

/** Gives a command the lab it works on, when the command runs: reading it may fail, and `--help` must not. */
export type InventorySource = () => Inventory;
